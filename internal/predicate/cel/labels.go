package cel

import (
	"errors"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

// labels is a label set while an expression is evaluated: the host's facts or one guest. It can be asked for
// a key and nothing else, so no expression can see that a key is absent.
type labels struct {
	set     label.Set
	missing map[string]*types.Unknown
}

// FindStringKey returns the value of the key; what is not there is unknown. cel-go calls it for a selection
// and for an index with a text.
func (l *labels) FindStringKey(key string) (any, bool) {
	if v, ok := l.set.Get(key); ok {
		return value(v), true
	}
	if unknown, ok := l.missing[key]; ok {
		return unknown, true
	}
	return types.WrapErr(errOpaque), true
}

var errOpaque = errors.New("a host or guest cannot be used as a value")

// ConvertToNative implements ref.Val.
func (l *labels) ConvertToNative(reflect.Type) (any, error) { return nil, errOpaque }

// ConvertToType implements ref.Val.
func (l *labels) ConvertToType(ref.Type) ref.Val { return types.WrapErr(errOpaque) }

// Equal implements ref.Val.
func (l *labels) Equal(ref.Val) ref.Val { return types.WrapErr(errOpaque) }

// Type implements ref.Val.
func (l *labels) Type() ref.Type { return types.MapType }

// Value implements ref.Val.
func (l *labels) Value() any { return l }
