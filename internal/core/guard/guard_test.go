package guard_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

const noon = calendar.Instant(1411992000)

// small is a fleet of four hosts in one zone: c-1 and c-2 share a rack and a group, c-3 is alone, c-4 is a name
// server.
func small(t *testing.T) *fleet.Fleet {
	t.Helper()
	b := fleet.NewBuilder("small")
	b.AddRegion(fleet.Region{ID: "dfw"})
	b.AddZone(fleet.Zone{ID: "dfw-1", Region: "dfw"})
	for id, rack := range map[string]string{"c-1": "r1", "c-2": "r1", "c-3": "", "c-4": ""} {
		role := "compute"
		if id == "c-4" {
			role = "dns"
		}
		b.AddHost(fleet.Host{ID: id, Zone: "dfw-1", Rack: rack, Labels: label.NewSet([]label.Pair{{Key: "role", Value: label.Text(role)}})})
	}
	b.AddTenant(fleet.Tenant{ID: "acme"})
	b.AddGroup(fleet.Group{ID: "acme/web", Tenant: "acme", MaxDown: limit.Count(1)})
	for _, g := range []fleet.Guest{{ID: "vm-1", Host: "c-1"}, {ID: "vm-2", Host: "c-2"}, {ID: "vm-3", Host: "c-3", OnReboot: fleet.Migrate}} {
		g.Tenant, g.Groups = "acme", []string{"acme/web"}
		b.AddGuest(g)
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return f
}

// yes is a question to which the answer is yes.
func yes(h ident.Host) guard.Question {
	return guard.Question{Host: h, Now: noon, Length: 600, Window: calendar.Span{From: noon, To: noon.Add(600)}, Planned: true, Approved: true, Running: true,
		Clear: true, Told: true}
}

func codes(v guard.Verdict) []string {
	var out []string
	for _, h := range v.Holds {
		out = append(out, string(h.Code))
	}
	return out
}

func TestWhatIsNotSaidIsTakenForANo(t *testing.T) {
	f := small(t)
	l := guard.New(f, &policy.Policy{Protected: []policy.Selector{{HostID: "c-3"}}}).Open()
	if v := l.Ask(yes(0)); !v.Allowed {
		t.Fatalf("the good question is refused: %v", v.Holds)
	}
	want := []string{"not-in-plan", "not-approved", "not-running", "notice-missing", "order-unknown", "length-unknown"}
	if v := l.Ask(guard.Question{}); v.Allowed || !slices.Equal(codes(v), want) {
		t.Errorf("the empty question: %v, want %v", codes(v), want)
	}
	for _, example := range []struct {
		code string
		host ident.Host
		turn func(*guard.Question)
	}{
		{"not-in-plan", 0, func(q *guard.Question) { q.Planned = false }},
		{"not-approved", 0, func(q *guard.Question) { q.Approved = false }},
		{"not-running", 0, func(q *guard.Question) { q.Running = false }},
		{"paused", 0, func(q *guard.Question) { q.Running, q.Stopped = false, guard.Hold{Code: "paused"} }},
		{"order-unknown", 0, func(q *guard.Question) { q.Clear = false }},
		{"zone-order", 0, func(q *guard.Question) { q.Clear, q.Ahead = false, guard.Hold{Code: "zone-order"} }},
		{"notice-missing", 0, func(q *guard.Question) { q.Told = false }},
		{"notice-lead", 0, func(q *guard.Question) { q.Told, q.Untold = false, guard.Hold{Code: "notice-lead"} }},
		{"length-unknown", 0, func(q *guard.Question) { q.Length = 0 }},
		{"before-window", 0, func(q *guard.Question) { q.Window = calendar.Span{From: noon + 1, To: noon + 700} }},
		{"window-missed", 0, func(q *guard.Question) { q.Window.To = noon + 599 }},
		{"protected", 2, func(*guard.Question) {}},
	} {
		q := yes(example.host)
		example.turn(&q)
		if v := l.Ask(q); v.Allowed || !slices.Equal(codes(v), []string{example.code}) {
			t.Errorf("%s: %v", example.code, codes(v))
		}
	}
}

func TestAnOutageNeverMeetsAFreeze(t *testing.T) {
	f := small(t)
	frozen := policy.Freeze{Span: calendar.Span{From: noon.Add(600), To: noon.Add(1200)}, Reason: "launch", Tenant: "acme"}
	l := guard.New(f, &policy.Policy{Freezes: []policy.Freeze{frozen}}).Open()
	for _, example := range []struct {
		host    ident.Host
		now     calendar.Instant
		allowed bool
	}{{0, noon, true}, {0, noon + 1, false}, {0, noon + 1199, false}, {0, noon + 1200, true}, {2, noon + 1, false}, {3, noon + 1, true}} {
		q := yes(example.host)
		q.Now, q.Window = example.now, calendar.Span{From: noon, To: noon + 9000}
		v := l.Ask(q)
		if v.Allowed != example.allowed || !v.Allowed && (v.Holds[0].Code != "freeze" || *v.Holds[0].Until != frozen.Span.To) {
			t.Errorf("host %d at +%d: %v", example.host, example.now-noon, v.Holds)
		}
	}
}

func TestEveryLimitHoldsAndSaysItsNumbers(t *testing.T) {
	f := small(t)
	one := limit.Count(1)
	for _, example := range []struct {
		scope, name string
		policy      policy.Policy
		down, next  ident.Host
		down2, more int
	}{
		{"fleet", "", policy.Policy{Limits: policy.Limits{Fleet: one}}, 0, 3, 1, 1},
		{"region", "dfw", policy.Policy{Limits: policy.Limits{Region: one}}, 0, 3, 1, 1},
		{"zone", "dfw-1", policy.Policy{Limits: policy.Limits{Zone: one}}, 0, 3, 1, 1},
		{"rack", "r1 of dfw-1", policy.Policy{Limits: policy.Limits{Rack: one}}, 0, 1, 1, 1},
		{"cohort", "role=compute", policy.Policy{Limits: policy.Limits{Cohort: one}, Canary: policy.Canary{Per: []string{"role"}}}, 2, 0, 1, 1},
		{"tenant", "acme", policy.Policy{Limits: policy.Limits{Tenant: one}}, 0, 1, 1, 1},
		{"group", "acme/web", policy.Policy{}, 0, 1, 1, 1},
		{"last", "", policy.Policy{Last: []policy.Selector{{HostID: "c-3"}, {HostID: "c-4"}}}, 2, 3, 1, 1},
	} {
		l := guard.New(f, &example.policy).Open()
		if v := l.Ask(yes(example.next)); !v.Allowed || !l.Fits(example.next) {
			t.Errorf("%s: refused while nothing is down: %v", example.scope, v.Holds)
		}
		l.Take(example.down)
		v := l.Ask(yes(example.next))
		if v.Allowed || l.Fits(example.next) || v.Holds[0].Code != "limit" {
			t.Errorf("%s: allowed although host %d is down", example.scope, example.down)
		}
		want := guard.Check{Scope: example.scope, Name: example.name, Down: example.down2, More: example.more, Allowed: 1}
		if !slices.Contains(v.Checks, want) {
			t.Errorf("%s: the checks are %+v, want %+v among them", example.scope, v.Checks, want)
		}
		q := yes(example.down)
		q.Taken = true
		if v := l.Ask(q); !v.Allowed {
			t.Errorf("%s: a host that is counted already is refused for itself: %v", example.scope, v.Holds)
		}
		l.Free(example.down)
		if v := l.Ask(yes(example.next)); !v.Allowed {
			t.Errorf("%s: refused after host %d came back: %v", example.scope, example.down, v.Holds)
		}
	}
}

// naive counts what is down in a scope of a host, one object after another.
func naive(in oracle.Instance, g *guard.Guard, down []bool, h ident.Host) bool {
	f, p := in.Fleet, in.Policy
	fits := func(l limit.Limit, same func(ident.Host) bool) bool {
		size, count := 0, 1
		for i := range f.Hosts() {
			if same(ident.Host(i)) {
				size++
				if down[i] {
					count++
				}
			}
		}
		return !l.Set() || count <= l.Of(size)
	}
	cohort := p.CohortOf(f, h)
	ok := fits(p.Limits.Fleet, func(ident.Host) bool { return true }) &&
		fits(p.Limits.Region, func(o ident.Host) bool { return f.RegionOf(f.ZoneOf(o)) == f.RegionOf(f.ZoneOf(h)) }) &&
		fits(p.Limits.Zone, func(o ident.Host) bool { return f.ZoneOf(o) == f.ZoneOf(h) }) &&
		fits(p.Limits.Rack, func(o ident.Host) bool { return f.RackOf(o) == f.RackOf(h) }) &&
		fits(p.Limits.Cohort, func(o ident.Host) bool { return p.CohortOf(f, o) == cohort })
	if p.IsLast(f, h) {
		for i := range down {
			ok = ok && !(down[i] && p.IsLast(f, ident.Host(i)))
		}
	}
	count := func(which func(ident.Guest) bool, down func(ident.Host) bool) int {
		n := 0
		for i := range f.Guests() {
			if v := ident.Guest(i); which(v) && f.OnReboot(v) != fleet.Migrate && down(f.HostOf(v)) {
				n++
			}
		}
		return n
	}
	after := func(o ident.Host) bool { return o == h || down[o] }
	for n := range f.Groups() {
		group := ident.Group(n)
		member := func(v ident.Guest) bool { return slices.Contains(f.GroupsOf(v), uint32(group)) }
		touched := count(member, func(o ident.Host) bool { return o == h }) > 0
		ok = ok && (!touched || !f.MaxDown(group).Set() || count(member, after) <= f.MaxDown(group).Of(f.GroupSize(group)))
	}
	for n := range f.Tenants() {
		of := func(v ident.Guest) bool { return f.TenantOf(v) == ident.Tenant(n) }
		here := count(of, func(o ident.Host) bool { return o == h })
		if here == 0 || !p.Limits.Tenant.Set() {
			continue
		}
		allowed := p.Limits.Tenant.Of(f.TenantSize(ident.Tenant(n)))
		for i := range f.Hosts() {
			allowed = max(allowed, count(of, func(o ident.Host) bool { return int(o) == i }))
		}
		ok = ok && count(of, after) <= allowed
	}
	return ok
}

func TestTheLedgerAgreesWithCountingOneByOne(t *testing.T) {
	refused := 0
	for seed := range uint64(400) {
		in := oracle.Generate(seed)
		rng := rand.New(rand.NewPCG(seed, 3))
		g := guard.New(in.Fleet, in.Policy)
		l := g.Open()
		down := make([]bool, in.Fleet.Hosts())
		for step := range 60 {
			h := ident.Host(rng.IntN(in.Fleet.Hosts()))
			if down[h] {
				l.Free(h)
				down[h] = false
				continue
			}
			want := naive(in, g, down, h)
			if got := l.Fits(h); got != want {
				t.Fatalf("seed %d, step %d: host %s fits: %v, counted one by one: %v", seed, step, in.Fleet.HostID(h), got, want)
			}
			v := l.Ask(yes(h))
			limited := slices.Contains(codes(v), "limit")
			if limited == want {
				t.Fatalf("seed %d, step %d: host %s: %v, counted one by one: %v", seed, step, in.Fleet.HostID(h), v.Holds, want)
			}
			if !want {
				refused++
			}
			if want || rng.IntN(10) == 0 { // failures take more than is allowed
				l.Take(h)
				down[h] = true
			}
		}
		for h, is := range down {
			if is {
				l.Free(ident.Host(h))
			}
		}
		if usage := l.Usage(); len(usage) > 0 {
			t.Fatalf("seed %d: everything is back, and this is counted: %+v", seed, usage)
		}
	}
	if refused < 1000 {
		t.Errorf("only %d refusals were looked at", refused)
	}
}

func TestFreeingWhatWasNotTakenPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("nothing happened")
		}
	}()
	guard.New(small(t), &policy.Policy{}).Open().Free(0)
}

func TestGuestsThatStayDownStayCounted(t *testing.T) {
	f := small(t)
	l := guard.New(f, &policy.Policy{Limits: policy.Limits{Zone: limit.Count(1)}}).Open()
	l.Take(0)
	l.Free(0)
	pinned := []ident.Guest{0}
	l.TakeGuests(pinned)
	if v := l.Ask(yes(1)); v.Allowed || !slices.Equal(codes(v), []string{"limit"}) || v.Holds[0].Objects[0] != "acme/web" {
		t.Errorf("the group has a member down: %v", v.Holds)
	}
	if v := l.Ask(yes(3)); !v.Allowed {
		t.Errorf("the zone is free: %v", v.Holds)
	}
	l.FreeGuests(pinned)
	if v := l.Ask(yes(1)); !v.Allowed {
		t.Errorf("all are back: %v", v.Holds)
	}
}
