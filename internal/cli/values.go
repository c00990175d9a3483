package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// pairFlag is a flag key=value or key=[a,b] that may be given again.
type pairFlag struct {
	pairs *[]label.Pair
}

// String returns "": the flag has no default.
func (p pairFlag) String() string { return "" }

// Set takes one key=value; a key can be given once.
func (p pairFlag) Set(text string) error {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" || value == "" {
		return fmt.Errorf("%q is not KEY=VALUE", text)
	}
	if slices.ContainsFunc(*p.pairs, func(known label.Pair) bool { return known.Key == key }) {
		return fmt.Errorf("%q is given twice", key)
	}
	*p.pairs = append(*p.pairs, label.Pair{Key: key, Value: parsedValue(value)})
	return nil
}

// parsedValue reads [a,b] as a list and anything else as a text, as people write values in YAML.
func parsedValue(text string) label.Value {
	inside, opened := strings.CutPrefix(text, "[")
	inside, closed := strings.CutSuffix(inside, "]")
	if !opened || !closed {
		return label.Text(text)
	}
	if strings.TrimSpace(inside) == "" {
		return label.TextList()
	}
	items := strings.Split(inside, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return label.TextList(items...)
}

// Type names the flag's value in help.
func (p pairFlag) Type() string { return "KEY=VALUE" }

// limitFlag is a flag that is a count or a percentage.
type limitFlag struct {
	limit *limit.Limit
}

// String returns the limit as written, "" while none is.
func (l limitFlag) String() string {
	if l.limit == nil || !l.limit.Set() {
		return ""
	}
	return l.limit.String()
}

// Set takes "1" or "10%".
func (l limitFlag) Set(text string) error {
	parsed, err := limit.Parse(text)
	if err != nil {
		return err
	}
	*l.limit = parsed
	return nil
}

// Type names the flag's value in help.
func (l limitFlag) Type() string { return "LIMIT" }

// choiceFlag is a flag with a closed list of values.
type choiceFlag struct {
	value   *string
	choices []string
}

// String returns the choice made, "" while none is.
func (c choiceFlag) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

// Set takes one of the choices.
func (c choiceFlag) Set(text string) error {
	if !slices.Contains(c.choices, text) {
		return fmt.Errorf("%q is not one of %s", text, listed(c.choices))
	}
	*c.value = text
	return nil
}

// Type names the flag's value in help.
func (c choiceFlag) Type() string { return strings.Join(c.choices, "|") }

// flagFault says what is wrong with a number, without the name of the function that could not read it.
func flagFault(err error) error {
	number, ok := errors.AsType[*strconv.NumError](err)
	if !ok {
		if before, fault, found := strings.Cut(err.Error(), " flag: time: "); found {
			_, written, _ := strings.Cut(fault, "duration ")
			return fmt.Errorf("%s flag: %s is not a duration; write it as 90s, 20m or 1h30m", before, written)
		}
		return err
	}
	return fmt.Errorf("%s%q is not %s", strings.TrimSuffix(err.Error(), number.Error()), number.Num, meant(number))
}

// meant names what could have been read.
func meant(number *strconv.NumError) string {
	switch {
	case number.Func == "ParseBool":
		return "true or false"
	case number.Err == strconv.ErrRange:
		return "a whole number that fits 64 bits"
	case number.Func == "ParseUint":
		return "a whole number of 0 or more"
	}
	return "a whole number"
}
