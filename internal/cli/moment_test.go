package cli

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

func TestAMomentIsInUTCAndInTheReadersZoneWhereThatDiffers(t *testing.T) {
	at, err := calendar.ParseInstant("2014-09-29T03:30:00Z")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ zone, long, short string }{
		{"UTC", "Mon 29 Sep 2014 03:30 UTC", "29 Sep 03:30"},
		{"Africa/Abidjan", "Mon 29 Sep 2014 03:30 UTC", "29 Sep 03:30"},
		{"Asia/Tokyo", "Mon 29 Sep 2014 03:30 UTC (12:30 JST)", "29 Sep 03:30 (12:30)"},
		{"America/Chicago", "Mon 29 Sep 2014 03:30 UTC (Sun 28 Sep 22:30 CDT)", "29 Sep 03:30 (28 22:30)"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := moment(at, zone); got != c.long {
			t.Errorf("moment in %s = %q, want %q", c.zone, got, c.long)
		}
		if got := shortMoment(at, zone); got != c.short {
			t.Errorf("shortMoment in %s = %q, want %q", c.zone, got, c.short)
		}
	}
	if got := moment(at.Add(5), time.UTC); got != "Mon 29 Sep 2014 03:30:05 UTC" {
		t.Errorf("seconds that are not zero are told: %q", got)
	}
}
