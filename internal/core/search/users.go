package search

// userBook says which hosts use a resource: of every stage's own resources and of the common ones.
type userBook struct {
	own    []list // by stage
	common list
}

// list is, for every resource of a grid, the hosts that use it.
type list struct {
	starts []uint32
	hosts  []int32
}

func (l *list) of(resource uint32) []int32 { return l.hosts[l.starts[resource]:l.starts[resource+1]] }

func newUserBook(l *layout) *userBook {
	b := &userBook{own: make([]list, len(l.stages))}
	all := make([]int32, len(l.at))
	for i := range all {
		all[i] = int32(i)
	}
	for n := range l.stages {
		b.own[n] = usersOf(len(l.stages[n].allowed), l.stages[n].members, &l.own)
	}
	b.common = usersOf(len(l.common), all, &l.shared)
	return b
}

// usersOf turns rows of uses into lists of users.
func usersOf(resources int, hosts []int32, r *rows) list {
	out := list{starts: make([]uint32, resources+1)}
	for _, i := range hosts {
		for _, u := range r.of(i) {
			out.starts[u.resource+1]++
		}
	}
	for k := range resources {
		out.starts[k+1] += out.starts[k]
	}
	out.hosts = make([]int32, out.starts[resources])
	next := append([]uint32(nil), out.starts[:resources]...)
	for _, i := range hosts {
		for _, u := range r.of(i) {
			out.hosts[next[u.resource]] = i
			next[u.resource]++
		}
	}
	return out
}
