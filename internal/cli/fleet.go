package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func (s *session) fleetCommand() *cobra.Command {
	group := s.group("fleet", "Read, check and make fleet files",
		s.fleetCheckCommand(), s.fleetShowCommand(), s.fleetImportCommand(), s.fleetSynthCommand())
	group.Example = examples("fleet check fleet.yaml", "fleet show fleet.yaml --host c-17")
	return group
}

// fleetCountsJSON counts the objects of a fleet.
type fleetCountsJSON struct {
	Regions int `json:"regions"`
	Zones   int `json:"zones"`
	Racks   int `json:"racks"`
	Hosts   int `json:"hosts"`
	Tenants int `json:"tenants"`
	Groups  int `json:"groups"`
	Guests  int `json:"guests"`
}

func fleetCounts(f *fleet.Fleet) fleetCountsJSON {
	return fleetCountsJSON{Regions: f.Regions(), Zones: f.Zones(), Racks: f.Racks(), Hosts: f.Hosts(),
		Tenants: f.Tenants(), Groups: f.Groups(), Guests: f.Guests()}
}

func (c fleetCountsJSON) String() string {
	return listed([]string{counted(c.Regions, "region"), counted(c.Zones, "zone"), counted(c.Racks, "rack"),
		counted(c.Hosts, "host"), counted(c.Tenants, "tenant"), counted(c.Groups, "redundancy group"),
		counted(c.Guests, "guest")})
}

type fleetCheckOptions struct {
	path string
	json bool
}

func (s *session) fleetCheckCommand() *cobra.Command {
	var options fleetCheckOptions
	command := &cobra.Command{
		Use: "check FILE", Short: "Check a fleet file and report all its faults", Args: s.operands("FILE"),
		Example: examples("fleet check fleet.yaml", "fleet check fleet.ndjson --json"),
		RunE: func(_ *cobra.Command, args []string) error {
			options.path = args[0]
			return s.fleetCheck(options)
		},
	}
	command.Flags().BoolVar(&options.json, "json", false, "print the result as JSON")
	return command
}

// fleetCheckJSON is what fleet check --json prints.
type fleetCheckJSON struct {
	OK       bool             `json:"ok"`
	Digest   string           `json:"digest,omitempty"`
	Counts   *fleetCountsJSON `json:"counts,omitempty"`
	Errors   int              `json:"errors"`
	Problems []problemJSON    `json:"problems"`
}

func (s *session) fleetCheck(o fleetCheckOptions) error {
	f, list := s.readFleet(o.path)
	if o.json {
		return s.printFleetCheck(f, list)
	}
	if err := s.check(list); err != nil {
		return err
	}
	fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("%s is a good fleet: %s.", problem.Printable(o.path), fleetCounts(f))))
	fmt.Fprintf(s.Out, "digest %s\n", f.Digest())
	return nil
}

func (s *session) printFleetCheck(f *fleet.Fleet, list problem.List) error {
	document := fleetCheckJSON{OK: !list.Failed(), Errors: list.Errors(), Problems: problemsJSON(list.Items())}
	if document.OK {
		counts := fleetCounts(f)
		document.Digest, document.Counts = string(f.Digest()), &counts
	}
	if err := s.printJSON(document); err != nil || document.OK {
		return err
	}
	return errTold
}

type fleetSynthOptions struct {
	shape  Shape
	output string
	force  bool
}

func (s *session) fleetSynthCommand() *cobra.Command {
	var o fleetSynthOptions
	command := &cobra.Command{
		Use: "synth", Short: "Make up a fleet of a given size, the same one for the same numbers", Args: s.operands(),
		Example: examples("fleet synth --hosts 1000 --guests 10000 -o fleet.ndjson",
			"fleet synth --hosts 200 --seed 7 -o -",
			"fleet synth --capacity --use 75% --migrate 60% -o fleet.ndjson"),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "output FILE"); err != nil {
				return err
			}
			f, err := s.desk.Synthesise(o.shape)
			if err != nil {
				return s.wrongUsage(command, "%v", err)
			}
			return s.saveFleet(f, o.output, o.force)
		},
	}
	flags := command.Flags()
	flags.IntVar(&o.shape.Hosts, "hosts", 1000, "`N` hosts")
	flags.IntVar(&o.shape.Guests, "guests", 10000, "`N` guests")
	flags.IntVar(&o.shape.Tenants, "tenants", 500, "`N` tenants")
	flags.IntVar(&o.shape.Regions, "regions", 3, "`N` regions")
	flags.IntVar(&o.shape.Zones, "zones", 3, "`N` zones in each region")
	flags.Uint64Var(&o.shape.Seed, "seed", 1, "another seed `N` makes another fleet")
	flags.BoolVar(&o.shape.Capacity, "capacity", false, "say what hosts can carry and guests need")
	flags.Var(limitFlag{&o.shape.Use}, "use", "the share of its memory that the fleet uses, with --capacity (default 75%)")
	flags.Var(limitFlag{&o.shape.Migrate}, "migrate", "the share of guests that migrate at a reboot (default 5%)")
	outputFlags(command, &o.output, &o.force)
	return command
}

func outputFlags(command *cobra.Command, path *string, force *bool) {
	command.Flags().StringVarP(path, "output", "o", "", "write to `FILE`; - is standard output")
	command.Flags().BoolVar(force, "force", false, "replace FILE even when it has other content")
}

// saveFleet writes a fleet and says so.
func (s *session) saveFleet(f *fleet.Fleet, path string, force bool) error {
	if ext := strings.ToLower(filepath.Ext(path)); ext == ".yaml" || ext == ".yml" {
		return problem.Problem{Code: "not-yaml", Place: problem.Place{File: path},
			Sentence: "fleets are written as NDJSON, and a file of this name would be read as YAML", Fix: "name it fleet.ndjson"}
	}
	err := s.toFile(path, force, func(out io.Writer) error { return s.desk.WriteFleet(out, f) })
	if err == nil && path != "-" {
		fmt.Fprintf(s.Err, "wrote %s: %s with %s\n", problem.Printable(path), counted(f.Hosts(), "host"),
			counted(f.Guests(), "guest"))
	}
	return err
}
