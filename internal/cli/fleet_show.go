package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// tableRowsMax bounds the tables of an overview; the tables asked for by name are whole.
const tableRowsMax = 20

type fleetShowOptions struct {
	path string
	host string
	json bool
}

func (s *session) fleetShowCommand() *cobra.Command {
	var o fleetShowOptions
	command := &cobra.Command{
		Use: "show FILE", Short: "Show what a fleet holds, or one host of it", Args: s.operands("FILE"),
		Example: examples("fleet show fleet.yaml", "fleet show fleet.yaml --host c-17 --json"),
		RunE: func(_ *cobra.Command, args []string) error {
			o.path = args[0]
			f, list := s.readFleet(o.path)
			if err := s.check(list); err != nil {
				return err
			}
			if o.host != "" {
				return s.showHost(f, o)
			}
			return s.showFleet(f, o)
		},
	}
	command.Flags().StringVar(&o.host, "host", "", "show the host `ID` with its guests, tenants and groups")
	command.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	return command
}

// shareJSON counts the hosts, and the guests on them, that have one value of an attribute.
type shareJSON struct {
	Value  *string `json:"value"` // null: the hosts without the attribute
	Hosts  int     `json:"hosts"`
	Guests int     `json:"guests"`
}

// fleetShowJSON is what fleet show --json prints.
type fleetShowJSON struct {
	Digest     string          `json:"digest"`
	Counts     fleetCountsJSON `json:"counts"`
	OnReboot   map[string]int  `json:"guests_by_on_reboot"`
	Region     []shareJSON     `json:"by_region"`
	Zone       []shareJSON     `json:"by_zone"`
	Generation []shareJSON     `json:"by_generation"`
}

func (s *session) showFleet(f *fleet.Fleet, o fleetShowOptions) error {
	document := fleetShowJSON{
		Digest: string(f.Digest()), Counts: fleetCounts(f), OnReboot: map[string]int{},
		Region: sharesBy(f, "region"), Zone: sharesBy(f, "zone"), Generation: sharesBy(f, "generation"),
	}
	behaviours := []fleet.OnReboot{fleet.Restart, fleet.Migrate, fleet.Pinned}
	for _, behaviour := range behaviours {
		document.OnReboot[behaviour.String()] = 0
	}
	for g := range f.Guests() {
		document.OnReboot[f.OnReboot(ident.Guest(g)).String()]++
	}
	if o.json {
		return s.printJSON(document)
	}
	fmt.Fprint(s.Out, wrapped("", document.Counts.String()))
	parts := make([]string, len(behaviours))
	for i, behaviour := range behaviours {
		parts[i] = grouped(document.OnReboot[behaviour.String()]) + " " + behaviour.String()
	}
	fmt.Fprintf(s.Out, "guests on a reboot: %s\n", strings.Join(parts, ", "))
	fmt.Fprintf(s.Out, "digest %s\n", document.Digest)
	s.printShares("region", document.Region)
	s.printShares("zone", document.Zone)
	s.printShares("generation", document.Generation)
	return nil
}

func (s *session) printShares(name string, shares []shareJSON) {
	t := newTable(name, ">hosts", ">guests")
	for _, share := range shares {
		value := "(none)"
		if share.Value != nil {
			value = problem.Printable(*share.Value)
		}
		t.add(value, grouped(share.Hosts), grouped(share.Guests))
	}
	fmt.Fprintln(s.Out)
	t.print(s.Out, tableRowsMax)
}

// sharesBy counts by the values of an attribute in byte order; hosts without it come last.
func sharesBy(f *fleet.Fleet, key string) []shareJSON {
	counts := map[string]*shareJSON{}
	without := &shareJSON{}
	for h := range f.Hosts() {
		value, ok := policy.Attribute(f, ident.Host(h), key)
		share := without
		if ok {
			if counts[value] == nil {
				counts[value] = &shareJSON{Value: &value}
			}
			share = counts[value]
		}
		share.Hosts++
		share.Guests += len(f.GuestsOn(ident.Host(h)))
	}
	out := make([]shareJSON, 0, len(counts)+1)
	for _, share := range counts {
		out = append(out, *share)
	}
	slices.SortFunc(out, func(a, b shareJSON) int { return strings.Compare(*a.Value, *b.Value) })
	if without.Hosts > 0 {
		out = append(out, *without)
	}
	return out
}
