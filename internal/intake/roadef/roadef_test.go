package roadef_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/roadef"
)

// Two resources, three machines in two neighbourhoods and two locations, two services, four processes.
const model = `2
0 10
1 20
3
0 5 100 64 90 60 0 1 2
0 6 200 32 90 60 1 0 2
1 5 300 16 90 60 1 2 0
2
1 0
2 1 0
4
0 10 4 1
0 20 8 1
1 30 2 1
1 40 1 1
1
0 1 2
10
1 10 100
`

const assignment = "0 1 2 2"

func options(maxDown string) roadef.Options {
	l, err := limit.Parse(maxDown)
	if err != nil {
		panic(err)
	}
	return roadef.Options{MaxDown: l}
}

func read(model, assignment string, o roadef.Options) (*fleet.Fleet, problem.List) {
	return roadef.Read(
		roadef.Source{Name: "model.txt", Bytes: strings.NewReader(model)},
		roadef.Source{Name: "assignment.txt", Bytes: strings.NewReader(assignment)}, o)
}

func mustRead(t *testing.T, o roadef.Options) *fleet.Fleet {
	t.Helper()
	f, problems := read(model, assignment, o)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMachinesLocationsAndNeighbourhoodsBecomeHostsRacksAndZones(t *testing.T) {
	f := mustRead(t, options("1"))
	for i, want := range []string{"m0 n0 l5 [r0=100 r1=64]", "m1 n0 l6 [r0=200 r1=32]", "m2 n1 l5 [r0=300 r1=16]"} {
		h := ident.Host(i)
		got := f.HostID(h) + " " + f.ZoneID(f.ZoneOf(h)) + " " + f.RackName(f.RackOf(h)) + " " + printed(f.Capacity(h))
		if got != want {
			t.Errorf("host %d is %q, want %q", i, got, want)
		}
	}
	if f.Regions() != 1 || f.RegionID(0) != "roadef" || f.Racks() != 3 {
		t.Errorf("%d regions, the first %q, and %d racks", f.Regions(), f.RegionID(0), f.Racks())
	}
}

func TestServicesBecomeTenantsWithAGroupAndProcessesTheirGuests(t *testing.T) {
	f := mustRead(t, options("10%"))
	for i, want := range []string{"p0 m0 s0 s0 [r0=10 r1=4]", "p1 m1 s0 s0 [r0=20 r1=8]", "p2 m2 s1 s1 [r0=30 r1=2]", "p3 m2 s1 s1 [r0=40 r1=1]"} {
		g := ident.Guest(i)
		group := ident.Group(f.GroupsOf(g)[0])
		got := f.GuestID(g) + " " + f.HostID(f.HostOf(g)) + " " + f.TenantID(f.TenantOf(g)) + " " + f.GroupID(group) + " " + printed(f.Demand(g))
		if got != want {
			t.Errorf("guest %d is %q, want %q", i, got, want)
		}
		if f.MaxDown(group).String() != "10%" || f.OnReboot(g) != fleet.Restart {
			t.Errorf("guest %d: max_down %s, on reboot %s", i, f.MaxDown(group), f.OnReboot(g))
		}
	}
}

func TestFactsAndLabelsAreThoseGivenAndNoOthers(t *testing.T) {
	f := mustRead(t, options("1"))
	if len(f.Facts(0)) != 0 || len(f.Labels(0)) != 0 || len(f.GuestLabels(0)) != 0 {
		t.Errorf("facts %v, labels %v, guest labels %v where none were given", f.Facts(0), f.Labels(0), f.GuestLabels(0))
	}
	o := options("1")
	o.Region = "west"
	o.Facts = label.NewSet([]label.Pair{{Key: "arch", Value: label.Text("x86_64")}})
	o.GuestLabels = label.NewSet([]label.Pair{{Key: "virt", Value: label.Text("hvm")}})
	f = mustRead(t, o)
	if f.RegionID(0) != "west" || printed(f.Facts(2)) != "[arch=x86_64]" || printed(f.GuestLabels(3)) != "[virt=hvm]" {
		t.Errorf("region %s, facts %s, guest labels %s", f.RegionID(0), printed(f.Facts(2)), printed(f.GuestLabels(3)))
	}
}

func TestEveryServiceHasTheContactThatIsGivenAndNoneOtherwise(t *testing.T) {
	o := options("1")
	if contacts := mustRead(t, o).Contacts(0); len(contacts) != 0 {
		t.Errorf("contacts %v where none was given", contacts)
	}
	o.Contact = "ops@example.com"
	f := mustRead(t, o)
	for tenant := range f.Tenants() {
		if got := f.Contacts(ident.Tenant(tenant)); len(got) != 1 || got[0] != (fleet.Contact{Role: "operations", Email: o.Contact}) {
			t.Errorf("tenant %d has the contacts %v", tenant, got)
		}
	}
	for _, wrong := range []string{"ops", "Ops <ops@example.com>", "ops@example.com, x@example.com", "ops@example.com\nBcc: x@example.com"} {
		o.Contact = wrong
		if f, problems := read(model, assignment, o); f != nil || !strings.Contains(problems.Err().Error(), "[bad-contact]") {
			t.Errorf("%q: %v", wrong, problems.Err())
		}
	}
}

func printed(s label.Set) string {
	parts := make([]string, len(s))
	for i, p := range s {
		parts[i] = p.Key + "=" + p.Value.String()
	}
	return "[" + strings.Join(parts, " ") + "]"
}

func TestLineEndsOfWindowsAndBlanksAtLineEndsAreRead(t *testing.T) {
	want := mustRead(t, options("1")).Digest()
	f, problems := read(strings.ReplaceAll(model, "\n", " \r\n"), "0\t1  2 2 \r\n\r\n", options("1"))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	if f.Digest() != want {
		t.Fatal("the fleet differs")
	}
}

func TestAFaultIsOneProblemThatNamesItsPlace(t *testing.T) {
	for _, c := range []struct {
		name, old, new string // in the model
		assignment     string
		want           string
	}{
		{"a word", "200 32", "200 many", assignment, `model.txt:6:9: "many" is not a capacity of machine 1;`},
		{"a fraction", "200 32", "200 3.5", assignment, `model.txt:6:9: "3.5" is not a capacity of machine 1;`},
		{"a negative number", "200 32", "200 -32", assignment, `model.txt:6:9: "-32" is not a capacity of machine 1;`},
		{"a number over 64 bits", "200 32", "99999999999999999999999999 32", assignment, `model.txt:6:5: 999999999999999999999999 is too large for a capacity of machine 1; the most is 999999999999999;`},
		{"too many machines", "\n3\n", "\n100001\n", assignment, `model.txt:4:1: 100001 is too large for a count of the number of machines; the most is 100000;`},
		{"a count too low", "\n4\n0 10", "\n3\n0 10", assignment, `model.txt:15:3: the number of balance costs goes on after its last number;`},
		{"a count too high", "\n3\n0 5", "\n4\n0 5", assignment, `model.txt:5:23: the line ends where a move cost of machine 0 should be;`},
		{"a transient that is no flag", "1 20", "2 20", assignment, `model.txt:3:1: 2 is too large for transient, 0 or 1, of resource 1; the most is 1;`},
		{"an unknown service", "1 40 1 1", "2 40 1 1", assignment, `model.txt:15:1: 2 is too large for a service of process 3; the most is 1;`},
		{"an unknown dependency", "2 1 0", "2 1 2", assignment, `model.txt:10:5: 2 is too large for a dependency of service 1; the most is 1;`},
		{"processes without services", "\n2\n1 0\n2 1 0\n", "\n0\n", assignment, `model.txt:10:1: there are processes, but no services or no machines for them;`},
		{"a model that goes on", "1 10 100\n", "1 10 100\n\n7", assignment, `model.txt:21:1: there is more after the end of the model;`},
		{"a model cut off", "10\n1 10 100\n", "", assignment, `model.txt:18:1: the file ends where a weight of balance cost 0 should be;`},
		{"a binary file", "2\n0 10", "\x7fELF\x02", assignment, `model.txt:1:1: the file is not a text of numbers: byte 0x7f where a count of the number of resources should be;`},
		{"a machine that is not there", "", "", "0 1 3 2", `assignment.txt:1:5: 3 is too large for a machine index of process 2; the most is 2;`},
		{"an assignment cut off", "", "", "0 1 2", `assignment.txt:1:5: the file ends where a machine index of process 3 should be;`},
		{"a short assignment", "", "", "0 1 2\n2", `assignment.txt:1:6: the line ends where a machine index of process 3 should be;`},
		{"a long assignment", "", "", "0 1 2 2 1", `assignment.txt:1:9: the assignment goes on after its last number;`},
		{"an assignment of two lines", "", "", "0 1 2 2\n1", `assignment.txt:2:1: there is more after the end of the assignment;`},
		{"an empty assignment", "", "", "", `assignment.txt:1:1: the file ends where a machine index of process 0 should be;`},
		{"a hostile word", "", "", "0 1 \"\x1b[2J\" 2", `assignment.txt:1:5: "\"\x1b[2J\"" is not a machine index of process 2;`},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.Replace(model, c.old, c.new, 1)
			f, problems := read(changed, c.assignment, options("1"))
			if f != nil || len(problems.Items()) != 1 {
				t.Fatalf("fleet %v and %d problems, want none and one", f != nil, len(problems.Items()))
			}
			if got := problems.Err().Error(); !strings.HasPrefix(got, c.want) {
				t.Fatalf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAModelCutAnywhereBeforeItsLastNumberIsRefused(t *testing.T) {
	last := strings.LastIndex(model, "100") + 1
	for n := range last {
		f, problems := read(model[:n], assignment, options("1"))
		if f != nil || problems.Errors() != 1 {
			t.Errorf("cut after %d bytes: fleet %v, %d errors", n, f != nil, problems.Errors())
		}
	}
}

func TestAFileThatCannotBeReadIsReported(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(model[:20]), iotest.ErrReader(errors.New("the disk is gone")))
	f, problems := roadef.Read(roadef.Source{Name: "model.txt", Bytes: broken},
		roadef.Source{Name: "assignment.txt", Bytes: strings.NewReader(assignment)}, options("1"))
	err := problems.Err()
	if f != nil || problems.Errors() != 1 || !strings.Contains(err.Error(), "the disk is gone") {
		t.Fatalf("fleet %v, error %v", f != nil, err)
	}
}

func TestALimitMustBeGiven(t *testing.T) {
	f, problems := read(model, assignment, roadef.Options{})
	err := problems.Err()
	if f != nil || err == nil || !strings.Contains(err.Error(), "[no-max-down]") {
		t.Fatalf("fleet %v, error %v", f != nil, err)
	}
}

func FuzzReadRoadef(f *testing.F) {
	f.Add(model, assignment)
	f.Add("1\n0 1\n1\n0 0 1 1 0\n0\n0\n0\n1 1 1\n", "")
	f.Add("0\n0\n0\n0\n0\n1 1 1", "\n")
	f.Fuzz(func(t *testing.T, model, assignment string) {
		got, problems := read(model, assignment, options("1"))
		if (got == nil) != problems.Failed() {
			t.Fatalf("fleet %v with %d errors", got != nil, problems.Errors())
		}
		if got != nil && got.Regions() != 1 {
			t.Fatalf("%d regions", got.Regions())
		}
	})
}
