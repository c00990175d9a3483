// Package calendar holds time as a value: instants and durations in whole seconds, half-open spans, and
// how both are written. It has no clock; whoever needs the time is given an Instant.
package calendar

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Instant is a moment: whole seconds since 1970-01-01T00:00:00Z. Every instant is UTC.
type Instant int64

// Seconds is a duration in whole seconds.
type Seconds int64

// Minute, Hour and Day are durations in seconds.
const (
	Minute Seconds = 60
	Hour   Seconds = 60 * Minute
	Day    Seconds = 24 * Hour
)

// Add returns the instant d later.
func (t Instant) Add(d Seconds) Instant { return t + Instant(d) }

// Sub returns the duration from u to t.
func (t Instant) Sub(u Instant) Seconds { return Seconds(t - u) }

// Time returns t as a UTC time.Time.
func (t Instant) Time() time.Time { return time.Unix(int64(t), 0).UTC() }

// String prints t as RFC 3339 in UTC with a Z.
func (t Instant) String() string { return t.Time().Format("2006-01-02T15:04:05Z") }

// MarshalText writes t as String does.
func (t Instant) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what ParseInstant reads.
func (t *Instant) UnmarshalText(text []byte) error {
	parsed, err := ParseInstant(string(text))
	*t = parsed
	return err
}

// yearMin and yearMax bound legal instants: RFC 3339 has four-digit years, and nothing earlier than 1970
// can be scheduled.
const (
	yearMin = 1970
	yearMax = 9999
)

// Writable reports whether the instant can be written and read again: its year has four digits and is not
// before 1970.
func (t Instant) Writable() bool {
	y := t.Time().Year()
	return y >= yearMin && y <= yearMax
}

// ParseInstant reads an RFC 3339 time with any offset. Fractions of a second are refused unless they are
// zero, because every limit and window counts whole seconds.
func ParseInstant(s string) (Instant, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || !strict(s) {
		return 0, fmt.Errorf("%q is not a time; write it as 2014-10-01T12:00:00Z", s)
	}
	if t.Nanosecond() != 0 {
		return 0, fmt.Errorf("%q has a fraction of a second; times are whole seconds", s)
	}
	if !Instant(t.Unix()).Writable() {
		return 0, fmt.Errorf("%q is outside the years %d to %d", s, yearMin, yearMax)
	}
	return Instant(t.Unix()), nil
}

// strict reports whether what time.Parse accepted keeps to RFC 3339 where time.Parse does not: two digits
// for the hour, no comma for the point, an offset of less than a day.
func strict(s string) bool {
	const offset = len("+00:00")
	if s[len("2006-01-02T15")] != ':' || strings.Contains(s, ",") {
		return false
	}
	return s[len(s)-1] == 'Z' || (s[len(s)-offset+1:len(s)-offset+3] < "24" && s[len(s)-2:] < "60")
}

// durationMax bounds every duration that can be written, in seconds (about 27 years): sums of a
// hundred thousand of them still fit 63 bits.
const durationMax = 10000 * Day

var unitSeconds = map[byte]Seconds{'d': Day, 'h': Hour, 'm': Minute, 's': 1}

// ParseSeconds reads a duration such as 14m, 1h30m, 90s, 2d or 1.5h. A bare 0 is a duration; any other
// bare number is refused, because its unit would be a guess. The result is a whole number of seconds.
func ParseSeconds(s string) (Seconds, error) {
	if s == "0" {
		return 0, nil
	}
	bad := func() error { return fmt.Errorf("%q is not a duration; write it as 14m, 1h30m or 90s", s) }
	rest, total, last := s, new(big.Rat), Seconds(0)
	if rest == "" || len(rest) > 32 {
		return 0, bad()
	}
	for rest != "" {
		n := strings.IndexAny(rest, "dhms")
		if n <= 0 || strings.Trim(rest[:n], "0123456789.") != "" || rest[0] == '.' || rest[n-1] == '.' {
			return 0, bad()
		}
		amount, ok := new(big.Rat).SetString(rest[:n])
		unit := unitSeconds[rest[n]]
		if !ok || (last != 0 && unit >= last) {
			return 0, bad()
		}
		total.Add(total, amount.Mul(amount, new(big.Rat).SetInt64(int64(unit))))
		rest, last = rest[n+1:], unit
	}
	if !total.IsInt() {
		return 0, fmt.Errorf("%q is not a whole number of seconds", s)
	}
	if total.Cmp(new(big.Rat).SetInt64(int64(durationMax))) > 0 {
		return 0, fmt.Errorf("%q is longer than %s", s, durationMax)
	}
	return Seconds(total.Num().Int64()), nil
}

// String prints d in the form that ParseSeconds reads, largest unit first: 1h30m, 45s, 0s.
func (d Seconds) String() string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	if d < 0 {
		b.WriteByte('-')
		d = -d
	}
	for _, unit := range []struct {
		size Seconds
		name string
	}{{Day, "d"}, {Hour, "h"}, {Minute, "m"}, {1, "s"}} {
		if n := d / unit.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + unit.name)
			d -= n * unit.size
		}
	}
	return b.String()
}

// Span is the half-open time [From, To): an outage that ends at 10:00 does not meet one that starts at 10:00.
type Span struct {
	From, To Instant
}

// Overlaps reports whether the two spans share an instant. An empty span overlaps nothing.
func (s Span) Overlaps(o Span) bool {
	return s.From < o.To && o.From < s.To && s.From < s.To && o.From < o.To
}
