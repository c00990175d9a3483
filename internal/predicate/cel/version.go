package cel

import (
	"reflect"

	celgo "cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/evenkeel-project/evenkeel/internal/core/version"
)

// versionName is the function that reads a version; the type of its result has the same name.
const versionName = "version"

var (
	versionType  = celgo.OpaqueType(versionName)                         // as the checker sees it
	versionTrait = types.NewObjectType(versionName, traits.ComparerType) // as comparisons see it
)

// schemes are the schemes by the name that an expression calls them.
var schemes = map[string]version.Scheme{
	"deb": version.Deb, "rpm": version.RPM, "apk": version.APK, "semver": version.SemVer,
}

// versionFunction declares version(text) and version(text, scheme).
func versionFunction(versions version.Reader) celgo.EnvOption {
	return celgo.Function(versionName,
		celgo.Overload("version_dotted", []*celgo.Type{types.DynType}, versionType,
			celgo.UnaryBinding(func(text ref.Val) ref.Val { return readVersion(versions, version.Dotted, text) })),
		celgo.Overload("version_scheme", []*celgo.Type{types.DynType, types.StringType}, versionType,
			celgo.BinaryBinding(func(text, scheme ref.Val) ref.Val {
				name, _ := scheme.(types.String)
				return readVersion(versions, schemes[string(name)], text)
			})))
}

func readVersion(versions version.Reader, scheme version.Scheme, text ref.Val) ref.Val {
	s, ok := text.(types.String)
	if !ok {
		return types.NewErr("a version is read from a text, not from %s", kindOf(text))
	}
	v, err := versions.Read(scheme, string(s))
	if err != nil {
		return types.NewErr("%s", err.Error())
	}
	return versionValue{v}
}

// versionValue is a version while an expression is evaluated.
type versionValue struct{ version.Version }

// Compare implements traits.Comparer.
func (v versionValue) Compare(other ref.Val) ref.Val {
	o, ok := other.(versionValue)
	if !ok {
		return types.NewErr("a version is compared with %s", kindOf(other))
	}
	c, err := v.Version.Compare(o.Version)
	if err != nil {
		return types.NewErr("%s is a %s version and %s a %s version; %s", v, v.Scheme(), o, o.Scheme(), err)
	}
	return types.Int(max(-1, min(1, c)))
}

// Equal implements ref.Val. A comparison that fails is an error, never false.
func (v versionValue) Equal(other ref.Val) ref.Val {
	c := v.Compare(other)
	if order, ok := c.(types.Int); ok {
		return types.Bool(order == 0)
	}
	return c
}

// ConvertToNative implements ref.Val: a version never leaves an expression.
func (v versionValue) ConvertToNative(reflect.Type) (any, error) { return v.Version, nil }

// ConvertToType implements ref.Val: a version becomes nothing else.
func (v versionValue) ConvertToType(to ref.Type) ref.Val {
	return types.NewErr("a version cannot become a %s", to.TypeName())
}

// Type implements ref.Val.
func (v versionValue) Type() ref.Type { return versionTrait }

// Value implements ref.Val.
func (v versionValue) Value() any { return v.Version }
