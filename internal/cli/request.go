package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/request"
)

type requestOptions struct {
	data, reason, by string
	verb             request.Verb
	wait             time.Duration
}

// requestWords say, for each verb, what it is for and what was done when it was done.
var requestWords = map[request.Verb]struct{ short, long, done string }{
	request.Pause: {"Let nothing new start", "Hosts that are down are brought back; no other goes down until evenkeel campaign resume. " +
		"Windows and the deadline do not wait.", "paused"},
	request.Resume: {"Go on after a pause or a halt", "After a halt it says that a person has looked at the failures: they do not count " +
		"against the halt again, new ones do.", "resumed"},
	request.Abort: {"End the campaign early, for good", "Hosts that are down are brought to a safe state; those that were not touched stay as " +
		"they are. An aborted campaign cannot be started again.", "aborting"},
}

func (s *session) requestCommand(what request.Verb) *cobra.Command {
	o := requestOptions{verb: what, by: s.Operator}
	name := string(what)
	words := requestWords[what]
	command := &cobra.Command{
		Use: name, Short: words.short, Args: s.operands(), Long: wrapped("", words.long),
		Example: examples("campaign " + name + " --data campaign --reason \"power work in dfw-1\""),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "data DIR", "reason TEXT"); err != nil {
				return err
			}
			if o.wait < 0 {
				return s.wrongUsage(command, "--wait %s is negative", o.wait)
			}
			return s.ask(o)
		},
	}
	dataFlag(command, &o.data)
	command.Flags().StringVar(&o.reason, "reason", "", "the reason, for the record (`TEXT`)")
	byFlag(command, &o.by, "the `NAME` of who asks")
	command.Flags().DurationVar(&o.wait, "wait", 10*time.Second, "how long to wait for the answer (`TIME`)")
	return command
}

// ask leaves a request for the conductor. It takes effect when it is in the journal; until then nothing is promised.
func (s *session) ask(o requestOptions) error {
	ctx, stop := s.interruptible()
	defer stop()
	done := s.working("waiting for the conductor")
	reply, err := s.desk.AskCampaign(ctx, o.data, request.Request{Verb: o.verb, By: cmp.Or(o.by, "operator"), Reason: o.reason}, o.wait)
	done()
	switch {
	case err != nil:
		return err
	case reply.Answered && reply.Answer.Refused != "":
		return problem.Problem{Code: problem.Code(cmp.Or(reply.Answer.Code, "request-refused")), Sentence: reply.Answer.Refused,
			Fix: "see: " + s.paste("campaign", "status", "--data", o.data)}
	case reply.Answered:
		fmt.Fprintf(s.Out, "The campaign is %s; it is in the journal\n", requestWords[o.verb].done)
		return nil
	case reply.Conductor == 0:
		if err := s.notOver(o.data); err != nil {
			return err
		}
		fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("No process conducts the campaign: nothing moves now, and the request to %s takes effect at the next "+
			"start, before anything else.", o.verb)))
		return nil
	}
	return problem.Problem{Code: "no-answer", Sentence: fmt.Sprintf("%s has not answered within %s; the request stays and takes effect when it does",
		processName(reply.Conductor), o.wait), Fix: "see: " + s.paste("campaign", "status", "--data", o.data)}
}

// notOver refuses a request that nobody will ever take: no process conducts the campaign, and it has come to its end.
func (s *session) notOver(data string) error {
	reader, err := s.desk.FollowCampaign(context.Background(), data)
	if err != nil {
		return err
	}
	defer reader.Close()
	if err := reader.Follow(context.Background(), func(campaign.Event) {}); err != nil {
		return err
	}
	if status := reader.State().Status(); status.Ended() {
		return problem.Problem{Code: "campaign-over", Sentence: fmt.Sprintf("the campaign is over (%s): nothing moves in it any more", status),
			Fix: "see: " + s.paste("campaign", "status", "--data", data)}
	}
	return nil
}

// processName names the process that conducts a campaign.
func processName(process int) string {
	if process < 0 {
		return "the process that conducts the campaign"
	}
	return fmt.Sprintf("process %d", process)
}
