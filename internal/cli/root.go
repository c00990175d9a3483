package cli

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// helpTemplate puts examples first: most readers of help want a line to change, not a grammar.
const helpTemplate = `{{.Short}}.

{{if .HasExample}}Examples:
{{.Example}}

{{end}}Usage:
  {{.UseLine}}{{if .HasAvailableSubCommands}} COMMAND{{end}}
{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsagesWrapped 80 | trimTrailingWhitespaces}}
{{end}}{{if .Long}}
{{.Long}}{{end}}`

func (s *session) rootCommand() *cobra.Command {
	root := s.group("evenkeel", "Get a whole fleet patched before an embargo lifts, no customer down on the way")
	root.Example = examples(
		"demo                               the whole job on a sample fleet",
		"exposure --fleet F --advisory A    which hosts are exposed, and why",
		"plan --fleet F --advisory A --policy P -o plan.json")
	root.Long = wrapped("", "Results go to standard output, narration and errors to standard error. "+
		"Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 deadline missed (plan --exit-code).")
	root.Version = version()
	root.SetVersionTemplate("evenkeel {{.Version}}\n")
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SuggestionsMinimumDistance = 2
	root.SetHelpTemplate(helpTemplate)
	root.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		return s.wrongUsage(command, "%v", flagFault(err))
	})
	root.PersistentPreRunE = func(command *cobra.Command, _ []string) error { return s.noneEmpty(command) }
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(s.helpCommand(root))
	root.AddCommand(s.demoCommand(), s.fleetCommand(), s.advisoryCommand(), s.exposureCommand(),
		s.planCommand(), s.inspectCommand(), s.campaignCommand(), s.whyCommand(), s.evidenceCommand(s.desk))
	return root
}

// helpCommand is help as a word: "evenkeel help plan".
func (s *session) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Explain a command",
		RunE: func(command *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return s.wrongUsage(root, "there is no command %q", strings.Join(args, " "))
			}
			found.InitDefaultHelpFlag()
			found.InitDefaultVersionFlag()
			return found.Help()
		},
	}
}

// group returns a command that only holds others. Called alone it shows its help, and fails: a script that
// forgot the verb must not go on.
func (s *session) group(name, short string, members ...*cobra.Command) *cobra.Command {
	group := &cobra.Command{
		Use: name, Short: short, DisableFlagsInUseLine: true, SuggestionsMinimumDistance: 2,
		Args: cobra.ArbitraryArgs,
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) == 0 {
				command.SetOut(s.Err)
				return s.alone(command)
			}
			return s.unknownCommand(command, args[0])
		},
	}
	group.AddCommand(members...)
	return group
}

func (s *session) alone(command *cobra.Command) error {
	if err := command.Help(); err != nil {
		return err
	}
	return s.wrongUsage(command, "%s needs a command", command.CommandPath())
}

func (s *session) unknownCommand(command *cobra.Command, word string) error {
	suggestion := ""
	if near := command.SuggestionsFor(word); len(near) > 0 {
		suggestion = fmt.Sprintf("; did you mean %q?", near[0])
	}
	return s.wrongUsage(command, "%s has no command %q%s", command.CommandPath(), word, suggestion)
}

// wrongUsage returns an error that ends in exit code 2 and points to the help of the command.
func (s *session) wrongUsage(command *cobra.Command, format string, args ...any) error {
	words := strings.Fields(command.CommandPath())[1:]
	return usageError{sentence: fmt.Sprintf(format, args...), help: s.paste(append(words, "--help")...)}
}

// operands accepts exactly the named arguments; a name that ends in "..." stands for one or more. None may be
// empty: a shell makes an empty one of a variable that is not set.
func (s *session) operands(names ...string) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		last := len(names) - 1
		if len(args) < len(names) {
			return s.wrongUsage(command, "%s needs %s", command.CommandPath(), listed(names[len(args):]))
		}
		if many := last >= 0 && strings.HasSuffix(names[last], "..."); !many && len(args) > len(names) {
			return s.wrongUsage(command, "%s does not take %q", command.CommandPath(), args[len(names)])
		}
		if i := slices.Index(args, ""); i >= 0 {
			return s.wrongUsage(command, "%s is given an empty %s", command.CommandPath(), strings.TrimSuffix(names[min(i, last)], "..."))
		}
		return nil
	}
}

// required reports all flags of the list that were not given, in one error. A flag is named with its value:
// "fleet FILE".
func (s *session) required(command *cobra.Command, flags ...string) error {
	var missing []string
	for _, flag := range flags {
		if name, _, _ := strings.Cut(flag, " "); !command.Flags().Changed(name) {
			missing = append(missing, "--"+flag)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return s.wrongUsage(command, "%s needs %s", command.CommandPath(), listed(missing))
}

// noneEmpty refuses flags that were given an empty text: a shell makes one of a variable that is not set, and
// to take it for a flag left out would judge by something else than was meant.
func (s *session) noneEmpty(command *cobra.Command) error {
	var empty []string
	for _, flag := range gathered(command.Flags().Visit) {
		texts := []string{flag.Value.String()}
		if list, ok := flag.Value.(interface{ GetSlice() []string }); ok {
			texts = list.GetSlice()
		}
		if _, ok := flag.Value.(pairFlag); !ok && slices.Contains(texts, "") {
			empty = append(empty, "--"+flag.Name)
		}
	}
	if len(empty) == 0 {
		return nil
	}
	return s.wrongUsage(command, "%s %s given without a value", listed(empty), verb(len(empty), "is", "are"))
}

// gathered returns what visit shows one by one.
func gathered[T any](visit func(func(T))) []T {
	var out []T
	visit(func(one T) { out = append(out, one) })
	return out
}

// examples sets command lines as help shows them.
func examples(lines ...string) string {
	for i, line := range lines {
		lines[i] = "  evenkeel " + line
	}
	return strings.Join(lines, "\n")
}

// version returns what the build recorded of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
