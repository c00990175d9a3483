package plan

import (
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
)

// JSON returns the plan as one JSON document with a line for each outage, move, excluded and blocked host,
// keys in the order that people read them.
func (p *Plan) JSON() []byte {
	b := append([]byte("{\n"), `"version":`...)
	b = strconv.AppendInt(b, Version, 10)
	b = member(b, "digest", text(string(p.Digest)))
	for _, m := range p.members() {
		b = append(canon.AppendString(append(b, ",\n"...), m.Key), ':')
		if m.Value.Kind == canon.Object {
			b = appendLoose(b, m.Value)
			continue
		}
		if m.Value.Kind != canon.Array || len(m.Value.Items) == 0 {
			b = canon.Append(b, m.Value)
			continue
		}
		b = append(b, '[')
		for i, item := range m.Value.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendLoose(append(b, '\n'), item)
		}
		b = append(b, "\n]"...)
	}
	return append(b, "\n}\n"...)
}

func member(b []byte, key string, v canon.Value) []byte {
	b = append(canon.AppendString(append(b, ",\n"...), key), ':')
	return canon.Append(b, v)
}

// appendLoose appends an object with its members in the given order.
func appendLoose(b []byte, v canon.Value) []byte {
	b = append(b, '{')
	for i, m := range v.Members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(canon.AppendString(b, m.Key), ':')
		if m.Value.Kind == canon.Object {
			b = appendLoose(b, m.Value)
			continue
		}
		b = canon.Append(b, m.Value)
	}
	return append(b, '}')
}

func (p *Plan) value() canon.Value {
	members := append(p.members(), canon.Member{Key: "version", Value: integer(Version)})
	return canon.Value{Kind: canon.Object, Members: members}
}

// members returns every member of the document but version and digest, in reading order.
func (p *Plan) members() []canon.Member {
	return []canon.Member{
		{Key: "fleet", Value: text(string(p.Fleet))},
		{Key: "advisories", Value: list(p.Advisories, func(a AdvisoryRef) canon.Value {
			return object("id", text(a.ID), "digest", text(string(a.Digest)))
		})},
		{Key: "policy", Value: text(string(p.Policy))},
		{Key: "start", Value: instant(p.Start)},
		{Key: "finish", Value: instant(p.Finish)},
		{Key: "deadline", Value: optional(p.Deadline, instant)},
		{Key: "margin_seconds", Value: optional(p.Margin, seconds)},
		{Key: "latest_safe_start", Value: optional(p.LatestSafeStart, instant)},
		{Key: "makespan_seconds", Value: seconds(p.Makespan)},
		{Key: "seed", Value: integer(int64(p.Seed))},
		{Key: "steps", Value: integer(p.Steps)},
		{Key: "bound", Value: object("seconds", seconds(p.Bound.Seconds), "binding", text(p.Bound.Binding))},
		{Key: "gap", Value: canon.Value{Kind: canon.Number, Number: float64(p.GapMillionths) / 1e6}},
		{Key: "outages", Value: list(p.Outages, outage)},
		{Key: "moves", Value: list(p.Moves, func(m Move) canon.Value {
			return object("guest", text(m.Guest), "from", text(m.From), "to", text(m.To), "at", instant(m.At))
		})},
		{Key: "excluded", Value: list(p.Excluded, func(e Excluded) canon.Value {
			return object("host", text(e.Host), "reason", text(string(e.Reason)))
		})},
		{Key: "blocked", Value: list(p.Blocked, blocked)},
	}
}

// blocked writes a proposal only where there is one.
func blocked(x Blocked) canon.Value {
	v := object("host", text(x.Host), "group", text(x.Group), "reason", text(x.Reason))
	if len(x.Proposal) > 0 {
		v.Members = append(v.Members, canon.Member{Key: "proposal", Value: list(x.Proposal, func(m Proposed) canon.Value {
			return object("guest", text(m.Guest), "to", text(m.To))
		})})
	}
	return v
}

func outage(o Outage) canon.Value {
	return object("host", text(o.Host), "start", instant(o.Start), "end", instant(o.End),
		"canary", canon.Value{Kind: canon.Bool, Bool: o.Canary},
		"window", object("from", instant(o.Window.From), "to", instant(o.Window.To)))
}

// object takes keys and values in turn.
func object(pairs ...any) canon.Value {
	members := make([]canon.Member, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		members = append(members, canon.Member{Key: pairs[i].(string), Value: pairs[i+1].(canon.Value)})
	}
	return canon.Value{Kind: canon.Object, Members: members}
}

func list[T any](items []T, each func(T) canon.Value) canon.Value {
	v := canon.Value{Kind: canon.Array, Items: make([]canon.Value, len(items))}
	for i, item := range items {
		v.Items[i] = each(item)
	}
	return v
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
