package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// EvidenceDesk hands the command line the record of a campaign.
type EvidenceDesk interface {
	// ExportEvidence writes the record of the campaign in a data directory, with the version of the program, closed by a head that the key of the
	// installation signs. It works while the campaign runs, and changes nothing. It refuses a record whose chain is
	// broken: what was altered must not be signed.
	ExportEvidence(data, program string, out io.Writer) (ExportedEvidence, error)
	// VerifyEvidence reads a file of evidence. The list says what kept it from being read at all; watch is told now
	// and then how many bytes of how many are read, and may be nil.
	VerifyEvidence(source EvidenceSource, watch func(done, total int64)) (VerifiedEvidence, problem.List)
	// RenderEvidence writes the page for people.
	RenderEvidence(out io.Writer, source EvidenceSource, verified VerifiedEvidence) error
}

// EvidenceSource names what evidence is checked by.
type EvidenceSource struct {
	File    string
	Key     string // the public key of the installation, a .pub file
	Signers string // an allowed-signers file that the reader trusts; "" for the one in the file itself
}

// ExportedEvidence says what was written.
type ExportedEvidence struct {
	Campaign string
	Records  uint64
	Key      string // fingerprint of the key that signed
	Public   string // the file of the public key
}

// VerifiedEvidence is what came of a verification.
type VerifiedEvidence struct {
	*evidence.Verdict
	Key string // fingerprint of the key that signed it; "" while that is not proven
}

func (s *session) evidenceCommand(desk EvidenceDesk) *cobra.Command {
	return s.group("evidence", "Take out the signed record of a campaign, check it, and read it",
		s.evidenceExportCommand(desk), s.evidenceVerifyCommand(desk), s.evidenceReportCommand(desk))
}

type evidenceExportOptions struct {
	data      string
	output    string
	force     bool
	nextShown bool // leaves out the command that comes next
}

func (s *session) evidenceExportCommand(desk EvidenceDesk) *cobra.Command {
	var o evidenceExportOptions
	command := &cobra.Command{
		Use: "export", Short: "Write the record of a campaign as a file that anybody can check", Args: s.operands(),
		Example: examples("evidence export --data DIR -o evidence.ndjson"),
		Long: wrapped("", "The file has the documents, every event with a chain of digests, and a head signed by the key of "+
			"the installation. It says what the advisories say: keep it as secret as they are. A campaign that still runs can "+
			"be exported; the file then tells of it so far."),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "data DIR"); err != nil {
				return err
			}
			return s.exportEvidence(desk, o)
		},
	}
	command.Flags().StringVar(&o.data, "data", "", "the data `DIR` of the campaign")
	outputFlags(command, &o.output, &o.force)
	return command
}

func (s *session) exportEvidence(desk EvidenceDesk, o evidenceExportOptions) error {
	path := o.output
	if path == "" {
		path = "-"
	}
	done := s.working("writing the record")
	var exported ExportedEvidence
	err := s.toPrivateFile(path, o.force, func(out io.Writer) (err error) {
		exported, err = desk.ExportEvidence(o.data, version(), out)
		return err
	})
	done()
	if err != nil || path == "-" {
		return err
	}
	fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("Written: %s of campaign %s, signed by key %s of the installation.",
		counted(int(exported.Records), "record"), problem.Printable(exported.Campaign), exported.Key)))
	if !o.nextShown {
		fmt.Fprintf(s.Out, "\nNext\n  %s\n", s.paste("evidence", "verify", path, "--key", exported.Public))
	}
	return nil
}

// evidenceFlags are the flags of the commands that check a file.
func evidenceFlags(command *cobra.Command, source *EvidenceSource) {
	command.Flags().StringVar(&source.Key, "key", "", "the public key `FILE` of the installation")
	command.Flags().StringVar(&source.Signers, "allowed-signers", "", "check approvals by this `FILE`, not by the copy in the record")
}

// readEvidence reads and judges a file of evidence.
func (s *session) readEvidence(desk EvidenceDesk, source EvidenceSource) (VerifiedEvidence, error) {
	bar := s.progress(source.File)
	defer bar.end()
	verified, list := desk.VerifyEvidence(source, bar.step)
	if list.Failed() {
		return verified, refusal{list}
	}
	return verified, nil
}
