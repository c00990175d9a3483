package cli

import (
	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// The formats that fleets are made of.
const (
	roadefFormat = "roadef"
	dlrmFormat   = "dlrm"
)

type fleetImportOptions struct {
	format string
	roadef Roadef // what both formats take stands here
	dlrm   Dlrm
	output string
	force  bool
}

func (s *session) fleetImportCommand() *cobra.Command {
	var o fleetImportOptions
	command := &cobra.Command{
		Use: "import FILE...", Short: "Make a fleet file of another format", Args: s.operands("FILE..."),
		Example: examples("fleet import --format roadef model_a1_1.txt assignment_a1_1.txt \\\n"+
			"      --max-down 10% --fact hypervisor=xen --guest-label virt=hvm \\\n      -o fleet.ndjson",
			"fleet import --format dlrm disaggregated_DLRM_trace.csv \\\n"+
				"      --max-down 10% --zones 3 --racks 10 -o fleet.ndjson"),
		Long: wrapped("", "roadef is the format of the ROADEF/EURO 2012 challenge (machine reassignment), a MODEL and an "+
			"ASSIGNMENT: machines become hosts, processes guests, services redundancy groups of which --max-down may be "+
			"down at once.") + "\n" +
			wrapped("", "dlrm is Alibaba's trace of disaggregated recommendation models, one TRACE: instances that are there "+
				"at the start become guests, applications tenants, and their instances of one role redundancy groups. "+
				"The trace has no hosts: they are made, and each instance goes to the first with room for it."),
		RunE: func(command *cobra.Command, args []string) error {
			if err := s.importable(command, o, args); err != nil {
				return err
			}
			if err := refuseInput(o.output, args...); err != nil {
				return err
			}
			f, list := s.importFleet(o, args)
			if err := s.check(list); err != nil {
				return err
			}
			return s.saveFleet(f, o.output, o.force)
		},
	}
	importFlags(command, &o)
	outputFlags(command, &o.output, &o.force)
	return command
}

func importFlags(command *cobra.Command, o *fleetImportOptions) {
	flags := command.Flags()
	flags.Var(choiceFlag{&o.format, []string{roadefFormat, dlrmFormat}}, "format", "the format of the files")
	flags.Var(limitFlag{&o.roadef.MaxDown}, "max-down", "guests of a service or role down at once, such as 1 or 10%")
	flags.StringVar(&o.roadef.Contact, "contact", "", "the mail `ADDRESS` that every tenant is told at")
	flags.Var(pairFlag{&o.roadef.Facts}, "fact", "a fact of every host, KEY=[A,B] for a list; may be given again")
	flags.Var(pairFlag{&o.roadef.GuestLabels}, "guest-label", "a label of every guest; may be given again")
	flags.IntVar(&o.dlrm.Zones, "zones", 1, "dlrm: `N` zones, which the hosts go to in turn")
	flags.IntVar(&o.dlrm.Racks, "racks", 0, "dlrm: `N` racks in each zone; 0: every host is its own")
	flags.IntVar(&o.dlrm.CPU, "cpu", 192, "dlrm: `N` processors of a host")
	flags.IntVar(&o.dlrm.MemoryGiB, "memory", 1024, "dlrm: `N` GiB of memory of a host")
	flags.IntVar(&o.dlrm.GPUs, "gpu", 8, "dlrm: `N` GPUs of a host with GPUs")
	flags.IntVar(&o.dlrm.GPUCPU, "gpu-cpu", 128, "dlrm: `N` processors of a host with GPUs")
	flags.IntVar(&o.dlrm.GPUMemoryGiB, "gpu-memory", 1024, "dlrm: `N` GiB of memory of a host with GPUs")
}

// dlrmFlags mean nothing for the other format.
var dlrmFlags = []string{"zones", "racks", "cpu", "memory", "gpu", "gpu-cpu", "gpu-memory"}

// importable refuses wrong numbers of files and flags of the other format.
func (s *session) importable(command *cobra.Command, o fleetImportOptions, args []string) error {
	if err := s.required(command, "format FORMAT", "max-down LIMIT", "output FILE"); err != nil {
		return err
	}
	if o.format == dlrmFormat {
		return s.operands("TRACE")(command, args)
	}
	for _, name := range dlrmFlags {
		if command.Flags().Changed(name) {
			return s.wrongUsage(command, "--%s means nothing for %s, whose files say what hosts there are", name, o.format)
		}
	}
	return s.operands("MODEL", "ASSIGNMENT")(command, args)
}

func (s *session) importFleet(o fleetImportOptions, args []string) (*fleet.Fleet, problem.List) {
	if o.format == roadefFormat {
		o.roadef.Model, o.roadef.Assignment = args[0], args[1]
		return s.desk.ImportRoadef(o.roadef)
	}
	o.dlrm.Trace = args[0]
	o.dlrm.MaxDown, o.dlrm.Contact = o.roadef.MaxDown, o.roadef.Contact
	o.dlrm.Facts, o.dlrm.GuestLabels = o.roadef.Facts, o.roadef.GuestLabels
	return s.desk.ImportDlrm(o.dlrm)
}
