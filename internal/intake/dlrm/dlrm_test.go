package dlrm_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/dlrm"
)

const header = "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,rdma_limit,memory_request,memory_limit,disk_request,disk_limit,max_instance_per_node,creation_time,scheduled_time,deletion_time\n"

// line writes an instance of the trace; the last time is that of its deletion.
func line(name, role, app string, cpu, gpu int, memory string, most int, born string) string {
	return fmt.Sprintf("%s,%s,%s,%d,%d,%d,%d,25,25,%s,%s,640.0,800.0,%d,%s,%s,4031.0000000000005\n",
		name, role, app, cpu, cpu, gpu, gpu, memory, memory, most, born, born)
}

// trace has two applications; one instance comes later, and two of a group may not share a host.
var trace = header +
	line("i-0", "CN", "app_0", 64, 0, "320.0", -1, "") +
	line("i-1", "CN", "app_0", 64, 0, "320.0", -1, "") +
	line("i-2", "CN", "app_0", 64, 0, "320.0", -1, "") +
	line("i-3", "CN", "app_0", 64, 0, "0.00097656", -1, "") +
	line("i-4", "HN", "app_0", 12, 1, "120.5", 2, "") +
	line("i-5", "HN", "app_0", 12, 1, "120.5", 2, "") +
	line("i-6", "HN", "app_0", 12, 1, "120.5", 2, "") +
	line("i-7", "CN", "app_1", 96, 0, "100.0", 1, "475.00000000000006") +
	line("i-8", "CN", "app_1", 96, 0, "100.0001", 1, "") +
	line("i-9", "CN", "app_1", 32, 0, "100.0", 1, "")

func options() dlrm.Options {
	plain, gpu := dlrm.Usual()
	return dlrm.Options{MaxDown: limit.Count(1), Zones: 2, Racks: 1, Plain: plain, GPU: gpu}
}

func read(trace string, o dlrm.Options) (*fleet.Fleet, problem.List) {
	return dlrm.Read(dlrm.Source{Name: "trace.csv", Bytes: strings.NewReader(trace)}, o)
}

func mustRead(t *testing.T, o dlrm.Options) *fleet.Fleet {
	t.Helper()
	f, problems := read(trace, o)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

func printed(s label.Set) string {
	parts := make([]string, len(s))
	for i, p := range s {
		parts[i] = p.Key + "=" + p.Value.String()
	}
	return "[" + strings.Join(parts, " ") + "]"
}

func TestInstancesThereAtTheStartGoToTheFirstHostWithRoomAndFewEnoughOfTheirGroup(t *testing.T) {
	f := mustRead(t, options())
	if f.Guests() != 9 {
		t.Errorf("%d guests, want 9", f.Guests())
	}
	for _, want := range []string{
		"i-0 c0 app_0/CN [cpu=64 memory_mib=327680]", "i-2 c0 app_0/CN [cpu=64 memory_mib=327680]",
		"i-3 c1 app_0/CN [cpu=64 memory_mib=1]", "i-5 g0 app_0/HN [cpu=12 gpu=1 memory_mib=123392]",
		"i-6 g1 app_0/HN [cpu=12 gpu=1 memory_mib=123392]", "i-8 c1 app_1/CN [cpu=96 memory_mib=102401]",
		"i-9 c2 app_1/CN [cpu=32 memory_mib=102400]",
	} {
		id, _, _ := strings.Cut(want, " ")
		g, ok := f.FindGuest(id)
		if !ok {
			t.Errorf("there is no guest %s", id)
			continue
		}
		got := fmt.Sprintf("%s %s %s %s", id, f.HostID(f.HostOf(g)), f.GroupID(ident.Group(f.GroupsOf(g)[0])), printed(f.Demand(g)))
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestHostsGoToTheZonesInTurnWithWhatTheyCanCarry(t *testing.T) {
	o := options()
	o.Facts = label.NewSet([]label.Pair{{Key: "arch", Value: label.Text("x86_64")}})
	f := mustRead(t, o)
	var got []string
	for n := range f.Hosts() {
		h := ident.Host(n)
		got = append(got, f.HostID(h)+" "+f.ZoneID(f.ZoneOf(h))+" "+f.RackName(f.RackOf(h))+" "+printed(f.Capacity(h))+printed(f.Facts(h)))
	}
	want := []string{
		"c0 dlrm-0 r0 [cpu=192 memory_mib=1048576][arch=x86_64]", "c1 dlrm-1 r0 [cpu=192 memory_mib=1048576][arch=x86_64]",
		"c2 dlrm-0 r0 [cpu=192 memory_mib=1048576][arch=x86_64]", "g0 dlrm-0 r0 [cpu=128 gpu=8 memory_mib=1048576][arch=x86_64]",
		"g1 dlrm-1 r0 [cpu=128 gpu=8 memory_mib=1048576][arch=x86_64]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestApplicationsBecomeTenantsWithAGroupForEachRole(t *testing.T) {
	o := options()
	o.Contact = "ops@example.com"
	o.GuestLabels = label.NewSet([]label.Pair{{Key: "virt", Value: label.Text("hvm")}})
	f := mustRead(t, o)
	if f.Tenants() != 2 || f.Groups() != 3 {
		t.Fatalf("%d tenants and %d groups, want 2 and 3", f.Tenants(), f.Groups())
	}
	for n := range f.Groups() {
		if got := f.MaxDown(ident.Group(n)).String(); got != "1" {
			t.Errorf("group %s has max_down %s", f.GroupID(ident.Group(n)), got)
		}
	}
	for n := range f.Tenants() {
		if got := f.Contacts(ident.Tenant(n)); len(got) != 1 || got[0] != (fleet.Contact{Role: "operations", Email: o.Contact}) {
			t.Errorf("tenant %d has the contacts %v", n, got)
		}
	}
	if got := printed(f.GuestLabels(0)); got != "[virt=hvm]" {
		t.Errorf("the guests' labels are %s", got)
	}
}

func TestTheSameTraceMakesTheSameFleet(t *testing.T) {
	windows, problems := read(strings.ReplaceAll(trace, "\n", "\r\n"), options())
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	if mustRead(t, options()).Digest() != windows.Digest() {
		t.Error("two fleets differ")
	}
}

func TestEveryFaultIsReportedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"another first line", "instance_sn", "instance", `trace.csv:1: the first line does not name the columns of the trace;`},
		{"a field too few", "i-1,CN,", "i-1,", `trace.csv:3:1: the line has 16 fields, not 17;`},
		{"a quoted field", "i-1,", `"i-1",`, `trace.csv:3:1: the trace quotes nothing;`},
		{"another role", "i-1,CN", "i-1,XN", `trace.csv:3:5: "XN" is no role;`},
		{"a word", "i-1,CN,app_0,64", "i-1,CN,app_0,many", `trace.csv:3:14: "many" is no cpu_request;`},
		{"a sign", "i-1,CN,app_0,64", "i-1,CN,app_0,+64", `trace.csv:3:14: "+64" is no cpu_request;`},
		{"a negative number", "i-1,CN,app_0,64", "i-1,CN,app_0,-64", `trace.csv:3:14: "-64" is no cpu_request;`},
		{"an exponent", "0.00097656,0.00097656", "1e3,0.00097656", `trace.csv:5:30: "1e3" is no memory_request;`},
		{"a limit that is no number", "0.00097656,0.00097656", "0.00097656,x", `trace.csv:5:41: "x" is no memory_limit;`},
		{"a number over 64 bits", "120.5,120.5", "99999999999999999999.5,120.5", `trace.csv:6:30: "99999999999999999999.5" is no memory_request;`},
		{"no instance on a host", "640.0,800.0,2,", "640.0,800.0,0,", `trace.csv:6:54: "0" is no max_instance_per_node;`},
		{"a time that is no number", "475.00000000000006,475", "soon,475", `trace.csv:9:56: "soon" is no creation_time;`},
		{"an instance twice", "i-1,", "i-0,", `trace.csv:3: guest i-0 is defined twice`},
		{"a name that is not legal", "i-1,", "i 1,", `trace.csv:3: `},
		{"a hostile name", "i-1,CN,", "i-1,\x1b[2J,", `trace.csv:3:5: "\x1b[2J" is no role;`},
		{"an instance larger than a host", "i-1,CN,app_0,64", "i-1,CN,app_0,193", `trace.csv:3: i-1 needs 193 processors, 0 GPUs and 327680 MiB, and a host has 192 processors, 0 GPUs and 1048576 MiB;`},
		{"a line without end", "i-1,", strings.Repeat("x", 5000), `trace.csv:3: a line has at most 4096 bytes;`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, problems := read(strings.Replace(trace, c.old, c.new, 1), options())
			if f != nil || !problems.Failed() {
				t.Fatalf("fleet %v and %d errors", f != nil, problems.Errors())
			}
			if got := problems.Err().Error(); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	two := strings.NewReplacer("i-1,CN", "i-1,XN", "i-8,CN", "i-8,XN").Replace(trace)
	if _, problems := read(two, options()); problems.Errors() != 2 {
		t.Errorf("two faults are reported as %d", problems.Errors())
	}
}

func TestATraceWithoutInstancesAtTheStartIsRefused(t *testing.T) {
	for text, want := range map[string]string{"": "the file is empty", header: "no instance is there at the start"} {
		if f, problems := read(text, options()); f != nil || !strings.Contains(problems.Err().Error(), want) {
			t.Errorf("fleet %v, error %v, want %q", f != nil, problems.Err(), want)
		}
	}
	broken := io.MultiReader(strings.NewReader(trace[:300]), iotest.ErrReader(errors.New("the disk is gone")))
	f, problems := dlrm.Read(dlrm.Source{Name: "trace.csv", Bytes: broken}, options())
	if f != nil || !strings.Contains(problems.Err().Error(), "the disk is gone") {
		t.Errorf("fleet %v, error %v", f != nil, problems.Err())
	}
}

func TestOptionsThatFitNoFleetAreRefused(t *testing.T) {
	o := options()
	o.MaxDown, o.Contact, o.Zones, o.Racks, o.Plain.CPU, o.GPU.MemoryGiB = limit.Limit{}, "ops", 0, -1, 0, 1<<54+1
	_, problems := read(trace, o)
	for _, want := range []string{"[no-max-down]", `"ops" is not a mail address`, "0 is not a number of zones", "-1 is not a number of racks",
		"0 is not a number of processors of a host that", "is not a number of GiB of a host with GPUs"} {
		if !strings.Contains(problems.Err().Error(), want) {
			t.Errorf("the refusal lacks %q:\n%v", want, problems.Err())
		}
	}
}

func FuzzReadTrace(f *testing.F) {
	f.Add(trace)
	f.Add(header + line("i", "HN", "a", 0, 8, "0.1", 1, ""))
	f.Fuzz(func(t *testing.T, trace string) {
		got, problems := read(trace, options())
		if (got == nil) != problems.Failed() {
			t.Fatalf("fleet %v with %d errors", got != nil, problems.Errors())
		}
		if got == nil {
			return
		}
		for n := range got.Hosts() {
			h, cpu := ident.Host(n), 0
			for _, g := range got.GuestsOn(h) {
				v, _ := got.Demand(ident.Guest(g)).Get("cpu")
				need := 0
				if _, err := fmt.Sscan(v.Text, &need); err != nil {
					t.Fatal(err)
				}
				cpu += need
			}
			if cpu > 192 {
				t.Fatalf("the guests of %s need %d processors", got.HostID(h), cpu)
			}
		}
	})
}
