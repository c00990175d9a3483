package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func (s *session) advisoryCommand() *cobra.Command {
	group := s.group("advisory", "Read and check advisories", s.advisoryCheckCommand(), s.advisoryShowCommand())
	group.Example = examples("advisory check XSA-108.yaml", "advisory show XSA-108.yaml")
	return group
}

func (s *session) advisoryCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE...", Short: "Check advisories and report all their faults", Args: s.operands("FILE..."),
		Example: examples("advisory check XSA-108.yaml XSA-148.yaml"),
		RunE: func(_ *cobra.Command, args []string) error {
			var problems problem.List
			read := make([]*advisory.Advisory, len(args))
			for i, path := range args {
				a, list := s.desk.ReadAdvisory(path)
				problems.Merge(list)
				read[i] = a
			}
			if err := s.check(problems); err != nil {
				return err
			}
			for i, a := range read {
				fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("%s is a good advisory: %s, which reads %s",
					problem.Printable(args[i]), a.ID, factsRead(a))))
			}
			return nil
		},
	}
}

// factsRead names every fact and label that the advisory's two questions look at.
func factsRead(a *advisory.Advisory) string {
	hosts, guests := reads(a)
	for i := range hosts {
		hosts[i] = problem.Printable("host." + hosts[i])
	}
	for i := range guests {
		guests[i] = problem.Printable("the guest label " + guests[i])
	}
	if len(hosts)+len(guests) == 0 {
		return "no facts"
	}
	return listed(append(hosts, guests...))
}

func reads(a *advisory.Advisory) (hosts, guests []string) {
	hosts = append(slices.Clone(a.Affected.HostFacts()), a.Fixed.HostFacts()...)
	guests = append(slices.Clone(a.Affected.GuestLabels()), a.Fixed.GuestLabels()...)
	slices.Sort(hosts)
	slices.Sort(guests)
	return slices.Compact(hosts), slices.Compact(guests)
}

// advisoryJSON is what advisory show --json prints.
type advisoryJSON struct {
	ID          string       `json:"id"`
	Digest      string       `json:"digest"`
	Aliases     []string     `json:"aliases"`
	Embargo     *embargoJSON `json:"embargo"`
	Affected    string       `json:"affected"`
	Fixed       string       `json:"fixed"`
	Action      string       `json:"action"`
	HostFacts   []string     `json:"host_facts"`
	GuestLabels []string     `json:"guest_labels"`
}

type embargoJSON struct {
	Until            string `json:"until"`
	TLP              string `json:"tlp"`
	DeployPatch      string `json:"deploy_patch"`
	DeployMitigation string `json:"deploy_mitigation"`
	Distribute       string `json:"distribute"`
}

func describeAdvisory(a *advisory.Advisory) advisoryJSON {
	hosts, guests := reads(a)
	out := advisoryJSON{
		ID: a.ID, Digest: string(a.Digest), Aliases: append([]string{}, a.Aliases...), Affected: a.Affected.Source(),
		Fixed: a.Fixed.Source(), Action: string(a.Action),
		HostFacts: append([]string{}, hosts...), GuestLabels: append([]string{}, guests...),
	}
	if e := a.Embargo; e != nil {
		out.Embargo = &embargoJSON{Until: e.Until.String(), TLP: e.TLP, DeployPatch: permission(e.DeployPatch),
			DeployMitigation: permission(e.DeployMitigation), Distribute: permission(e.Distribute)}
	}
	return out
}

// permission prints a permission as advisories write it.
func permission(p advisory.Permission) string {
	return [...]string{advisory.Forbidden: "no", advisory.Ask: "ask", advisory.Allowed: "yes"}[p]
}

func (s *session) advisoryShowCommand() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use: "show FILE", Short: "Show what an advisory asks and says", Args: s.operands("FILE"),
		Example: examples("advisory show XSA-108.yaml", "advisory show XSA-108.yaml --json"),
		RunE: func(_ *cobra.Command, args []string) error {
			a, list := s.desk.ReadAdvisory(args[0])
			if err := s.check(list); err != nil {
				return err
			}
			if asJSON {
				return s.printJSON(describeAdvisory(a))
			}
			s.showAdvisory(a)
			return nil
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return command
}

func (s *session) showAdvisory(a *advisory.Advisory) {
	print := func(name, text string) {
		fmt.Fprint(s.Out, wrapped(fmt.Sprintf("%-9s ", name), problem.Printable(text)))
	}
	print("id", a.ID)
	if len(a.Aliases) > 0 {
		print("aliases", strings.Join(a.Aliases, ", "))
	}
	if e := a.Embargo; e != nil {
		tlp := ""
		if e.TLP != "" {
			tlp = ", TLP:" + e.TLP
		}
		print("embargo", "until "+moment(e.Until, s.Zone)+tlp)
		print("permits", fmt.Sprintf("deploy the patch: %s, deploy a mitigation: %s, distribute: %s",
			permission(e.DeployPatch), permission(e.DeployMitigation), permission(e.Distribute)))
	} else {
		print("embargo", "none")
	}
	print("affected", a.Affected.Source())
	print("fixed", a.Fixed.Source())
	print("reads", factsRead(a))
	print("action", string(a.Action))
	print("digest", string(a.Digest))
}
