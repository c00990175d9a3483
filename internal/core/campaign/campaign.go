// Package campaign carries out a plan, as a closed state machine: Decide takes signals in and gives events out,
// Apply makes a state of events, Outstanding says which orders the state asks for. The journal of events is
// the truth; a state can be had again from it, byte for byte.
//
// It asks package guard before anything can take a guest down, and it believes observations, never the word of a
// driver. It has no clock and reaches nobody: the engine persists the events first and acts afterwards.
package campaign

// Status is where a campaign stands as a whole.
type Status string

// The statuses. The zero value is a campaign that nobody proposed.
const (
	None     Status = ""
	Proposed Status = "proposed" // waits for its approvals
	Approved Status = "approved" // may be started
	Running  Status = "running"
	Paused   Status = "paused"   // a person stopped it; a person resumes it
	Halted   Status = "halted"   // failures, or a clock that jumped, stopped it; a person resumes it (law S20)
	Aborting Status = "aborting" // nothing new starts; hosts in flight are brought to a safe state
	Aborted  Status = "aborted"
	Finished Status = "finished" // every host of the plan is done, failed or set aside
)

// Ended reports whether nothing more will happen in the campaign.
func (s Status) Ended() bool { return s == Aborted || s == Finished }

// Phase is where one host of the plan stands.
type Phase string

// The phases, in the order of a host's life.
const (
	Pending   Phase = "pending"   // untouched; Why says what holds it
	Granted   Phase = "granted"   // it is counted as down from here on; it is being cordoned
	Cordoned  Phase = "cordoned"  // it is being drained
	Drained   Phase = "drained"   // proven drained: in the same decision it starts acting or is undone
	Acting    Phase = "acting"    // the one outage of this campaign; from here on there is no way back
	Verifying Phase = "verifying" // back with a new boot; what it runs is being looked at
	Returning Phase = "returning" // its guests are being started
	Fencing   Phase = "fencing"   // stuck: it is being powered off
	Rehoming  Phase = "rehoming"  // proven off: its guests are being started elsewhere
	Undoing   Phase = "undoing"   // taken back before it acted: it is being opened again, and goes back to pending
	Done      Phase = "done"      // proven: new boot, fix running, guests back
	Failed    Phase = "failed"    // it came to an end that is not Done; Fault says which
	SetAside  Phase = "set-aside" // this campaign will not touch it, or not again; Fault says why
)

// Terminal reports whether the campaign is through with the host.
func (p Phase) Terminal() bool { return p == Done || p == Failed || p == SetAside }

// InFlight reports whether the host was granted and is not at an end.
func (p Phase) InFlight() bool { return p != Pending && !p.Terminal() }

// The reasons for which a host fails or is set aside.
const (
	FaultCordon        = "cordon-failed"
	FaultDrain         = "drain-failed"
	FaultAct           = "patch-failed"     // it did not go down, or the patch was not taken
	FaultNoNewBoot     = "no-new-boot"      // it says that it rebooted, and runs the boot it ran before
	FaultUnpatched     = "unpatched"        // it rebooted and does not prove that the fix runs
	FaultGuestsMissing = "guests-missing"   // guests that ran before do not run now
	FaultStuck         = "stuck"            // it did not come back; it is proven off
	FaultFence         = "fence-failed"     // it did not come back, and nobody can prove that it is off
	FaultCanary        = "canary-failed"    // never touched: the canary of its cohort did not come through
	FaultWindow        = "window-missed"    // never touched: it cannot be over before the end of its window
	FaultAborted       = "campaign-aborted" // never touched
)
