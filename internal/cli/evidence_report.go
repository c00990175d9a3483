package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

type evidenceReportOptions struct {
	EvidenceSource
	html  string
	force bool
}

func (s *session) evidenceReportCommand(desk EvidenceDesk) *cobra.Command {
	var o evidenceReportOptions
	command := &cobra.Command{
		Use: "report FILE", Short: "Write a record as a page for people", Args: s.operands("FILE"),
		Example: examples("evidence report evidence.ndjson --key evidence.pub --html report.html"),
		Long: wrapped("", "The page is one file and needs no network. It is made of a verified record only: of a file that is not "+
			"intact none is written. Breaches of the rules that the record shows stand on the page, and the command then ends with 1."),
		RunE: func(command *cobra.Command, args []string) error {
			o.File = args[0]
			if err := s.required(command, "key FILE", "html FILE"); err != nil {
				return err
			}
			return s.reportEvidence(desk, o)
		},
	}
	evidenceFlags(command, &o.EvidenceSource)
	command.Flags().StringVar(&o.html, "html", "", "write the page to this `FILE`; - for standard output")
	command.Flags().BoolVar(&o.force, "force", false, "replace the file")
	return command
}

func (s *session) reportEvidence(desk EvidenceDesk, o evidenceReportOptions) error {
	if err := refuseInput(o.html, o.File, o.Key, o.Signers); err != nil {
		return err
	}
	verified, err := s.readEvidence(desk, o.EvidenceSource)
	if err != nil {
		return err
	}
	if !verified.Intact() {
		s.printEvidence(verified)
		return errTold
	}
	err = s.toPrivateFile(o.html, o.force, func(out io.Writer) error { return desk.RenderEvidence(out, o.EvidenceSource, verified) })
	if err != nil {
		return err
	}
	if o.html != "-" {
		fmt.Fprintf(s.Out, "Written: the report of campaign %s.\n", verified.Account.Opening.Campaign)
		if !verified.Kept() {
			s.printFindings("Findings", verified.Findings)
		}
	}
	if !verified.Kept() {
		return errTold
	}
	return nil
}
