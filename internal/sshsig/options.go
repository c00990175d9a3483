package sshsig

import (
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// optionsEnd returns where the options at the start of text end: at the first blank outside quotes.
func optionsEnd(text string) int {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && strings.HasPrefix(text[i+1:], `"`):
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t'):
			return i
		}
	}
	return len(text)
}

// readOptions reads options separated by commas into l. It stops at the first that makes no sense, for what follows
// cannot be told apart.
func (l *line) readOptions(text string) []problem.Problem {
	var faults []problem.Problem
	seen := map[string]bool{}
	for more := true; more; {
		end := strings.IndexAny(text+",", "=,")
		name := strings.ToLower(text[:end])
		text = text[end:]
		if seen[name] {
			return append(faults, fault("signers-option", "write the option once", "the option %s is written twice", name))
		}
		seen[name] = true
		switch name {
		case "cert-authority":
			faults = append(faults, fault("signers-certificate", "give every person's key a line of its own", "certificates are not supported, and this line is a certificate authority's"))
		case "namespaces", "valid-after", "valid-before":
			value, rest, ok := dequote(strings.TrimPrefix(text, "="))
			if !ok || text[:min(1, len(text))] != "=" {
				return append(faults, fault("signers-option", `write it as `+name+`="..."`, "the option %s has no value in double quotes", name))
			}
			text = rest
			faults = append(faults, l.setOption(name, value)...)
		default:
			return append(faults, fault("signers-option", shape, "%q is neither an option nor the type of a key", name))
		}
		if text != "" && text[0] != ',' {
			return append(faults, fault("signers-option", "separate options with a comma, without blanks", "there is something between the option %s and the next", name))
		}
		text, more = strings.CutPrefix(text, ",")
	}
	if l.after != 0 && l.before != 0 && l.before <= l.after {
		faults = append(faults, fault("signers-option", "correct one of the two times", "the key stops being valid before it starts"))
	}
	return faults
}

// dequote splits text into the value in double quotes that it starts with and the rest. In quotes \" is a quote.
func dequote(text string) (value, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, `"`)
	if !ok {
		return "", "", false
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if strings.HasPrefix(text[i:], `\"`) {
			i++
		} else if text[i] == '"' {
			return b.String(), text[i+1:], true
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

// setOption takes in one option with a value.
func (l *line) setOption(name, value string) []problem.Problem {
	if name == "namespaces" && len(value) > patternsMax {
		return []problem.Problem{fault("signers-option", "name fewer namespaces", "the namespaces take more than %d bytes", patternsMax)}
	}
	if name == "namespaces" {
		l.limited, l.namespaces = true, value
		return nil
	}
	at, zoned, ok := parseTime(value)
	if !ok {
		return []problem.Problem{fault("signers-option", "write it as 20141001Z, 201410011200Z or 20141001120000Z", "%s of %q is not a time", name, value)}
	}
	if name == "valid-after" {
		l.after = at
	} else {
		l.before = at
	}
	if zoned {
		return nil
	}
	warning := fault("signers-time-zone", "write "+value+"Z", "%s of %q has no Z: it is read as UTC here, and as local time by ssh-keygen", name, value)
	warning.Warning = true
	return []problem.Problem{warning}
}

// parseTime reads YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, in UTC, and says whether a Z follows. The first second of
// 1970 is refused: ssh-keygen cannot tell it from no limit.
func parseTime(value string) (at calendar.Instant, zoned, ok bool) {
	digits, zoned := strings.CutSuffix(value, "Z")
	layout := map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}[len(digits)]
	if layout == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, zoned, false
	}
	moment, err := time.Parse(layout, digits)
	at = calendar.Instant(moment.Unix())
	return at, zoned, err == nil && at > 0
}
