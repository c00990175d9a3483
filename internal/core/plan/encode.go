package plan

import (
	"slices"
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
)

// section is one member of the document: a value, or a list whose items are made one by one, so that a million
// moves never stand in memory as a tree.
type section struct {
	key   string
	value canon.Value
	items int
	item  func(room []canon.Member, i int) []canon.Member // nil when value says all; room may be used again
}

// JSON returns the plan as one JSON document with a line for each outage, move, excluded and blocked host,
// keys in the order that people read them.
func (p *Plan) JSON() []byte {
	b := append([]byte("{\n"), `"version":`...)
	b = strconv.AppendInt(b, Version, 10)
	for _, s := range append([]section{{key: "digest", value: text(string(p.Digest))}}, p.sections()...) {
		b = append(canon.AppendString(append(b, ",\n"...), s.key), ':')
		b = s.appendLines(b)
	}
	return append(b, "\n}\n"...)
}

// appendLines appends the value in reading order, each item of a list on a line of its own.
func (s section) appendLines(b []byte) []byte {
	if s.item == nil {
		return appendLoose(b, s.value)
	}
	b = append(b, '[')
	var room []canon.Member
	for i := range s.items {
		if i > 0 {
			b = append(b, ',')
		}
		room = s.item(room[:0], i)
		b = appendLoose(append(b, '\n'), canon.Value{Kind: canon.Object, Members: room})
	}
	if s.items > 0 {
		b = append(b, '\n')
	}
	return append(b, ']')
}

// hashPiece is about how many bytes are gathered before they are hashed.
const hashPiece = 1 << 16

// ContentDigest returns SHA-256 of the plan's canonical JSON with the digest field left out.
func (p *Plan) ContentDigest() canon.Digest {
	sections := append(p.sections(), section{key: "version", value: integer(Version)})
	slices.SortFunc(sections, func(a, b section) int { return canon.CompareKeys(a.key, b.key) })
	h, b := canon.NewHasher(), []byte("{")
	for i, s := range sections {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(canon.AppendString(b, s.key), ':')
		if s.item == nil {
			b = canon.Append(b, s.value)
			continue
		}
		b = append(b, '[')
		var room []canon.Member
		for i := range s.items {
			if i > 0 {
				b = append(b, ',')
			}
			room = s.item(room[:0], i)
			slices.SortFunc(room, func(a, b canon.Member) int { return canon.CompareKeys(a.Key, b.Key) })
			b = canon.Append(b, canon.Value{Kind: canon.Object, Members: room})
			if len(b) > hashPiece {
				h.Write(b)
				b = b[:0]
			}
		}
		b = append(b, ']')
	}
	h.Write(append(b, '}'))
	return h.Digest()
}

// appendLoose appends a value, the members of an object in the given order.
func appendLoose(b []byte, v canon.Value) []byte {
	if v.Kind != canon.Object {
		return canon.Append(b, v)
	}
	b = append(b, '{')
	for i, m := range v.Members {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendLoose(append(canon.AppendString(b, m.Key), ':'), m.Value)
	}
	return append(b, '}')
}

// sections returns every member of the document but version and digest, in reading order.
func (p *Plan) sections() []section {
	return []section{
		{key: "fleet", value: text(string(p.Fleet))},
		list("advisories", p.Advisories, func(room []canon.Member, a *AdvisoryRef) []canon.Member {
			return append(room, member("id", text(a.ID)), member("digest", text(string(a.Digest))))
		}),
		{key: "policy", value: text(string(p.Policy))},
		{key: "start", value: instant(p.Start)},
		{key: "finish", value: instant(p.Finish)},
		{key: "deadline", value: optional(p.Deadline, instant)},
		{key: "margin_seconds", value: optional(p.Margin, seconds)},
		{key: "latest_safe_start", value: optional(p.LatestSafeStart, instant)},
		{key: "makespan_seconds", value: seconds(p.Makespan)},
		{key: "seed", value: integer(int64(p.Seed))},
		{key: "steps", value: integer(p.Steps)},
		{key: "bound", value: object(member("seconds", seconds(p.Bound.Seconds)), member("binding", text(p.Bound.Binding)))},
		{key: "gap", value: canon.Value{Kind: canon.Number, Number: float64(p.GapMillionths) / 1e6}},
		list("outages", p.Outages, outage),
		list("moves", p.Moves, move),
		list("excluded", p.Excluded, func(room []canon.Member, e *Excluded) []canon.Member {
			return append(room, member("host", text(e.Host)), member("reason", text(string(e.Reason))))
		}),
		list("blocked", p.Blocked, blocked),
	}
}

func outage(room []canon.Member, o *Outage) []canon.Member {
	return append(room, member("host", text(o.Host)), member("start", instant(o.Start)), member("end", instant(o.End)),
		member("canary", canon.Value{Kind: canon.Bool, Bool: o.Canary}),
		member("window", object(member("from", instant(o.Window.From)), member("to", instant(o.Window.To)))))
}

func move(room []canon.Member, m *Move) []canon.Member {
	return append(room, member("guest", text(m.Guest)), member("from", text(m.From)), member("to", text(m.To)), member("at", instant(m.At)))
}

// blocked writes a proposal only where there is one.
func blocked(room []canon.Member, x *Blocked) []canon.Member {
	room = append(room, member("host", text(x.Host)), member("group", text(x.Group)), member("reason", text(x.Reason)))
	if len(x.Proposal) == 0 {
		return room
	}
	proposal := canon.Value{Kind: canon.Array}
	for _, m := range x.Proposal {
		proposal.Items = append(proposal.Items, object(member("guest", text(m.Guest)), member("to", text(m.To))))
	}
	return append(room, member("proposal", proposal))
}

func list[T any](key string, items []T, item func(room []canon.Member, x *T) []canon.Member) section {
	return section{key: key, items: len(items), item: func(room []canon.Member, i int) []canon.Member { return item(room, &items[i]) }}
}

func member(key string, v canon.Value) canon.Member { return canon.Member{Key: key, Value: v} }

func object(members ...canon.Member) canon.Value {
	return canon.Value{Kind: canon.Object, Members: members}
}

func optional[T any](p *T, each func(T) canon.Value) canon.Value {
	if p == nil {
		return canon.Value{Kind: canon.Null}
	}
	return each(*p)
}

func text(s string) canon.Value { return canon.Value{Kind: canon.String, Text: s} }

func integer(n int64) canon.Value { return canon.Value{Kind: canon.Number, Number: float64(n)} }

func seconds(d calendar.Seconds) canon.Value { return integer(int64(d)) }

func instant(t calendar.Instant) canon.Value { return text(t.String()) }
