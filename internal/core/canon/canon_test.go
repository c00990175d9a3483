package canon_test

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
)

func text(s string) canon.Value { return canon.Value{Kind: canon.String, Text: s} }

func number(f float64) canon.Value { return canon.Value{Kind: canon.Number, Number: f} }

func array(items ...canon.Value) canon.Value { return canon.Value{Kind: canon.Array, Items: items} }

func TestNumbersArePrintedAsECMAScriptPrintsThem(t *testing.T) {
	// From RFC 8785 section 3.2.2 and its appendix B, with the edges of both notations.
	for bits, want := range map[uint64]string{
		0x0000000000000000: "0",
		0x8000000000000000: "0",
		0x0000000000000001: "5e-324",
		0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308",
		0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992",
		0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000",
		0x44b52d02c7e14af5: "9.999999999999997e+22",
		0x44b52d02c7e14af6: "1e+23",
		0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000",
		0x444b1ae4d6e2ef4f: "999999999999999900000",
		0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7",
		0x3eb0c6f7a0b5ed8d: "0.000001",
		0x41b3de4355555553: "333333333.3333332",
		0x41b3de4355555554: "333333333.33333325",
		0x41b3de4355555555: "333333333.3333333",
		0x41b3de4355555556: "333333333.3333334",
		0x41b3de4355555557: "333333333.33333343",
		0xbecbf647612f3696: "-0.0000033333333333333333",
		0x43143ff3c1cb0959: "1424953923781206.2",
	} {
		if got := string(canon.AppendNumber(nil, math.Float64frombits(bits))); got != want {
			t.Errorf("the double %016x is printed as %s, want %s", bits, got, want)
		}
	}
	for written, want := range map[string]string{
		"333333333.33333329": "333333333.3333333", "1E30": "1e+30", "4.50": "4.5", "2e-3": "0.002",
		"0.000000000000000000000000001": "1e-27", "1e21": "1e+21", "1e-7": "1e-7", "-0.0": "0", "100": "100",
	} {
		var f float64
		if err := json.Unmarshal([]byte(written), &f); err != nil {
			t.Fatal(err)
		}
		if got := string(canon.Append(nil, number(f))); got != want {
			t.Errorf("%s is printed as %s, want %s", written, got, want)
		}
	}
}

func TestEveryPrintedNumberReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Filter(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }).Draw(t, "f")
		var back float64
		if err := json.Unmarshal(canon.AppendNumber(nil, f), &back); err != nil || back != f {
			t.Fatalf("%v became %v (%v)", f, back, err)
		}
	})
}

func TestANumberThatJSONCannotHoldPanics(t *testing.T) {
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v was printed", f)
				}
			}()
			canon.AppendNumber(nil, f)
		}()
	}
}

func TestStringsAreEscapedAsRFC8785Asks(t *testing.T) {
	for s, want := range map[string]string{
		"€$\u000f\nA'B\"\\\\\"/":        `"€$\u000f\nA'B\"\\\\\"/"`,
		"\b\t\n\f\r\x00\x1f\x0b":        `"\b\t\n\f\r\u0000\u001f\u000b"`,
		"<script>&\x7f\u2028\U0001f602": "\"<script>&\x7f\u2028\U0001f602\"",
		"é e\u0301":                     "\"é e\u0301\"", // no Unicode normalisation
		"":                              `""`,
		"a\xffb":                        "\"a\uFFFDb\"",
	} {
		if got := string(canon.AppendString(nil, s)); got != want {
			t.Errorf("%q is written %s, want %s", s, got, want)
		}
	}
}

func TestEveryWrittenStringReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		written := canon.AppendString(nil, s)
		var back string
		if err := json.Unmarshal(written, &back); err != nil || back != s || !utf8.Valid(written) {
			t.Fatalf("%q became %q by way of %s (%v)", s, back, written, err)
		}
	})
}

func TestKeysAreSortedByUTF16CodeUnits(t *testing.T) {
	// RFC 8785 section 3.2.3: the surrogate of U+1F600 comes before U+FB33, unlike in UTF-8.
	members := []canon.Member{}
	for _, pair := range [][2]string{
		{"\u20ac", "Euro Sign"}, {"\r", "Carriage Return"}, {"\ufb33", "Hebrew Letter Dalet With Dagesh"},
		{"1", "One"}, {"\U0001f600", "Emoji: Grinning Face"}, {"\u0080", "Control"}, {"\u00f6", "Latin Small Letter O With Diaeresis"},
	} {
		members = append(members, canon.Member{Key: pair[0], Value: text(pair[1])})
	}
	want := `{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","` + "\u00f6" +
		`":"Latin Small Letter O With Diaeresis","` + "\u20ac" + `":"Euro Sign","` + "\U0001f600" +
		`":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`
	if got := string(canon.Append(nil, canon.Value{Kind: canon.Object, Members: members})); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if members[0].Key != "\u20ac" {
		t.Error("writing an object reordered the caller's members")
	}
}

func TestComparingKeysIsComparingCodeUnits(t *testing.T) {
	key := rapid.StringOf(rapid.RuneFrom([]rune("aé\ufb33\U0001f600\x00")))
	rapid.Check(t, func(t *rapid.T) {
		a, b := key.Draw(t, "a"), key.Draw(t, "b")
		x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
		if got, want := canon.CompareKeys(a, b), slices.Compare(x, y); got != want {
			t.Fatalf("%q and %q compare as %d, want %d", a, b, got, want)
		}
	})
}

func TestTheExampleOfRFC8785IsReproducedByteForByte(t *testing.T) {
	document := canon.Value{Kind: canon.Object, Members: []canon.Member{
		{Key: "numbers", Value: array(number(333333333.33333329), number(1e30), number(4.50), number(2e-3), number(1e-27))},
		{Key: "string", Value: text("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/")},
		{Key: "literals", Value: array(canon.Value{}, canon.Value{Kind: canon.Bool, Bool: true}, canon.Value{Kind: canon.Bool})},
	}}
	const want = "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b333333333333333333" +
		"2e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e" +
		"4127425c225c5c5c5c5c222f227d"
	got := hex.EncodeToString(canon.Append(nil, document))
	if got != want {
		t.Errorf("got  %s", canon.Append(nil, document))
	}
}

func TestADigestIsTheSameInPiecesAndWhole(t *testing.T) {
	// SHA-256 of "{}" and of nothing, by sha256sum.
	if got := canon.Of([]byte("{}")); got != "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" {
		t.Errorf("digest of {} is %s", got)
	}
	if got := canon.NewHasher().Digest(); got != "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("digest of nothing is %s", got)
	}
	h := canon.NewHasher()
	for _, piece := range []string{"{", "", "}"} {
		if n, err := h.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatalf("wrote %d, %v", n, err)
		}
	}
	if h.Digest() != canon.Of([]byte("{}")) {
		t.Error("a document hashed in pieces has another digest")
	}
}

func TestAValueOfNoKindPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was written")
		}
	}()
	canon.Append(nil, canon.Value{Kind: 99})
}
