package doc

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// bare reads a number, true, false or null.
func (p *Parser) bare() (string, bool) {
	rest := p.text[p.at:]
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(rest, word) {
			p.at += len(word)
			return word, true
		}
	}
	n := numberLength(rest)
	if n == 0 {
		return "", p.unexpected("a value")
	}
	p.at += n
	return rest[:n], true
}

// numberLength returns how many bytes at the start of s are a JSON number, 0 when there is none.
func numberLength(s string) int {
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	whole := digits(s[i:])
	if whole == 0 || (whole > 1 && s[i] == '0') {
		return 0
	}
	i += whole
	if i < len(s) && s[i] == '.' {
		n := digits(s[i+1:])
		if n == 0 {
			return 0
		}
		i += 1 + n
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		n := digits(s[i:])
		if n == 0 {
			return 0
		}
		i += n
	}
	return i
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// quoted reads a string. One without escapes is a part of the text; it is not copied.
func (p *Parser) quoted() (string, bool) {
	start := p.at + 1
	for i := start; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			p.at = i + 1
			return p.text[start:i], true
		case c == '\\':
			return p.escaped(start, i)
		case c < ' ':
			p.at = i
			return "", p.unexpected("a character of a string")
		}
	}
	p.at = len(p.text)
	return "", p.unexpected("a string")
}

// escaped reads the rest of a string whose first escape stands at i.
func (p *Parser) escaped(start, i int) (string, bool) {
	b := []byte(p.text[start:i])
	for p.at = i; p.at < len(p.text); {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return string(b), true
		case c < ' ':
			return "", p.unexpected("a character of a string")
		case c != '\\':
			b = append(b, c)
			p.at++
		default:
			var ok bool
			if b, ok = p.escape(b); !ok {
				return "", false
			}
		}
	}
	return "", p.unexpected("a string")
}

// escape reads one escape and appends what it stands for.
func (p *Parser) escape(b []byte) ([]byte, bool) {
	const short, meaning = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if p.at+1 < len(p.text) {
		if k := strings.IndexByte(short, p.text[p.at+1]); k >= 0 {
			p.at += 2
			return append(b, meaning[k]), true
		}
	}
	r, ok := hexEscape(p.text[p.at:])
	if !ok {
		return b, p.fail("a backslash in a string starts no escape", "write a backslash as \\\\")
	}
	if !utf16.IsSurrogate(r) {
		p.at += escapeLength
		return utf8.AppendRune(b, r), true
	}
	low, ok := hexEscape(p.text[p.at+escapeLength:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return b, p.fail("half of a surrogate pair stands alone in a string", "write the character itself in UTF-8")
	}
	p.at += 2 * escapeLength
	return utf8.AppendRune(b, r), true
}

const escapeLength = len(`\u0000`)

// hexEscape returns the code unit of an escape such as \u00e9 at the start of s.
func hexEscape(s string) (rune, bool) {
	if len(s) < escapeLength || !strings.HasPrefix(s, `\u`) || strings.Trim(s[2:escapeLength], "0123456789abcdefABCDEF") != "" {
		return 0, false
	}
	unit, err := strconv.ParseUint(s[2:escapeLength], 16, 16)
	return rune(unit), err == nil
}
