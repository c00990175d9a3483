package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
)

func (s *session) watchCommand() *cobra.Command {
	var data string
	command := &cobra.Command{
		Use: "watch", Short: "Watch a campaign that another process conducts", Args: s.operands(),
		Example: examples("campaign watch --data campaign"),
		Long: wrapped("", "It reads the journal only: it can be started and stopped at any time, and disturbs nothing. It ends when the campaign has, "+
			"or with Ctrl-C."),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "data DIR"); err != nil {
				return err
			}
			return s.watch(data)
		},
	}
	dataFlag(command, &data)
	return command
}

// watchPause is the time between two looks at a journal. A look that finds nothing new costs one small query.
const watchPause = 250 * time.Millisecond

func (s *session) watch(data string) error {
	ctx, stop := s.interruptible()
	defer stop()
	reader, err := s.desk.FollowCampaign(ctx, data)
	if err != nil {
		return err
	}
	defer reader.Close()
	show := s.spectate()
	err = follow(ctx, reader, show)
	show.end()
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	if state := reader.State(); state != nil {
		fmt.Fprintf(s.Out, "Campaign %s: %s\n", reader.World().Campaign, state.Status())
	}
	return nil
}

// follow shows what the journal has, and what it gets, until the campaign has ended or ctx is done. Of what happened
// before it began, it tells the last events only.
func follow(ctx context.Context, reader CampaignReader, show *spectator) error {
	now := calendar.Instant(0)
	alone := false
	for first := true; ; first = false {
		var events []campaign.Event
		err := reader.Follow(ctx, func(e campaign.Event) {
			now = e.At
			if events = append(events, e); first && len(events) > latestMax {
				events = events[1:]
			}
		})
		if err != nil {
			return err
		}
		look := func() (campaign.Overview, bool) { return campaign.Look(reader.State(), reader.World(), now), true }
		ended := reader.State().Status().Ended()
		nobody := !ended && reader.Conductor() == 0
		turn := Turn{At: now, Events: events}
		if nobody {
			turn.Trouble = "no process conducts the campaign: nothing moves until evenkeel campaign start runs"
		}
		if len(events) > 0 || nobody != alone {
			show.see(turn, look)
		}
		alone = nobody
		if ended {
			return nil
		}
		show.pause(watchPause, look)
		if err := clock.Pause(ctx, watchPause); err != nil {
			return err
		}
	}
}
