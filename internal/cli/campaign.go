package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/request"
)

// CampaignDesk keeps campaigns in data directories and carries them out. One directory holds one campaign.
// Every error that a reader can do something about is a problem.Problem.
type CampaignDesk interface {
	// KeptCampaign says what stands in a data directory, without its journal. It fails when no campaign was
	// proposed in it.
	KeptCampaign(data string) (Kept, error)
	// ProposeCampaign proves the proposer, keeps the documents in the data directory, and journals the proposal.
	// It fails with nothing changed when another plan was proposed there.
	ProposeCampaign(ctx context.Context, p Proposing) (Proposed, error)
	// ApproveCampaign proves an approver and journals the approval.
	ApproveCampaign(ctx context.Context, a Approving) (Approved, error)
	// ConductCampaign carries the campaign out until it has ended or ctx is done. It starts one that is
	// approved, and goes on with one that was started. When ctx is done first, its error comes with how far it got.
	ConductCampaign(ctx context.Context, c Conducting) (Conducted, error)
	// FollowCampaign opens the campaign of a data directory for reading, beside the process that conducts it.
	FollowCampaign(ctx context.Context, data string) (CampaignReader, error)
	// AskCampaign leaves a request for the process that conducts the campaign, and waits for its answer for
	// as long as a process conducts it, but no longer than the patience.
	AskCampaign(ctx context.Context, data string, r request.Request, patience time.Duration) (Reply, error)
}

// CampaignReader follows a campaign as its journal tells it. World and State are nil before the first Follow.
type CampaignReader interface {
	// Follow reads what the journal has got since the last call, and shows every event once it is applied.
	Follow(ctx context.Context, each func(campaign.Event)) error
	// World returns what does not change while the campaign runs.
	World() *campaign.World
	// State returns where the campaign stands after the last event that was followed.
	State() *campaign.State
	// Conductor returns the process that holds the data directory: 0 when none does, less when it is not known which.
	Conductor() int
	// Close frees what the reader holds.
	Close() error
}

// Kept is what a data directory says of its campaign.
type Kept struct {
	Campaign string
	Plan     canon.Digest
	Sources  CampaignFiles // where the documents stood when the plan was proposed; absolute
	Copies   CampaignFiles // what they were then; kept in the data directory
}

// CampaignFiles are the paths of the documents of a campaign.
type CampaignFiles struct {
	Plan, Fleet, Policy string
	Advisories          []string // in the order of their ids
}

// Signing says how somebody proves who he is: by a private key in a file, or by a signature made elsewhere. One
// of the two is set.
type Signing struct {
	Key, Signature string // paths
}

// Proposing is what a proposal is made of.
type Proposing struct {
	Data           string
	Plan           *plan.Plan
	Fleet          *fleet.Fleet
	Policy         *policy.Policy
	Advisories     []*advisory.Advisory
	Files          CampaignFiles // that these were read from
	AllowedSigners string        // path
	By             Signing
}

// Proposed is what became of a proposal.
type Proposed struct {
	Campaign string
	By       campaign.Identity
	Needed   int  // approvals that are needed
	Already  bool // the same plan was proposed before; nothing changed
	// Simulated is the time at which the campaign's clock begins when the plan lies in the past, so that it can be
	// carried out in a simulated world only; nil otherwise.
	Simulated *calendar.Instant
}

// Approving is what an approval is made of.
type Approving struct {
	Data    string
	Sources campaign.Sources // the documents as they are now
	By      Signing
}

// Approved is what became of an approval.
type Approved struct {
	By     campaign.Identity
	Given  int // approvals that stand
	Needed int
}

// Conducting says how a campaign is carried out.
type Conducting struct {
	Data     string
	Sources  campaign.Sources // the documents as they are now
	Driver   string           // by its name
	Scenario string           // path of the faults of a simulated fleet; may be empty
	Pace     int64            // simulated seconds in one real second; 0 is as fast as can be
	By       string           // who starts it
	From     string           // address that letters come from
	// Watch is shown every turn once it is in the journal, and Waiting is called before the campaign waits, with
	// how long that will take at most in real time. Both are called by the goroutine that conducts, and may look at the
	// campaign until they return; look gives false while the journal must be read again. Neither is nil.
	Watch   func(turn Turn, look Look)
	Waiting func(atMost time.Duration, look Look)
}

// Look makes the picture of a campaign as it stands. That takes a while with a large fleet.
type Look func() (campaign.Overview, bool)

// Turn is one round of a running campaign, for people who watch.
type Turn struct {
	At      calendar.Instant
	Events  []campaign.Event // of this turn; they are in the journal
	Trouble string           // what keeps the conductor itself from its work; empty when nothing does
}

// Conducted is how a campaign stands after it was conducted.
type Conducted struct {
	Overview campaign.Overview
}

// Reply is what became of a request.
type Reply struct {
	Conductor int            // the process that conducts the campaign: 0 when none does, less when it is not known which
	Answer    request.Answer // once Answered
	Answered  bool
}

// campaignCommand gathers what is done with a plan once it is checked.
func (s *session) campaignCommand() *cobra.Command {
	group := s.group("campaign", "Carry a checked plan out: propose, approve, start, watch, pause",
		s.proposeCommand(), s.approveCommand(), s.startCommand(), s.statusCommand(), s.watchCommand(),
		s.requestCommand(request.Pause), s.requestCommand(request.Resume), s.requestCommand(request.Abort))
	group.Long = wrapped("", "One data directory holds one campaign. Two approvers sign the digest of the plan; neither may be "+
		"the proposer. The process of campaign start may be stopped or killed at any time: the same command goes on.")
	return group
}
