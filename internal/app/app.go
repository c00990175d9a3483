// Package app is the composition root: it puts the adapters together and hands them to the command line.
// Beside the simulator it is the only room that knows them. It decides nothing and renders nothing.
package app

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // --time-zone works on machines without a data base of zones

	"golang.org/x/term"

	"github.com/evenkeel-project/evenkeel/internal/cli"
)

// Main runs the command line of this process and returns its exit code.
func Main() int {
	spareMemory(os.Getenv("GOGC"))
	streams := cli.Streams{
		Out: os.Stdout, Err: os.Stderr, ErrIsTerminal: isTerminal(os.Stderr),
		Program: program(), Zone: time.Local, Size: terminalSize, Colour: os.Getenv("NO_COLOR") == "", Operator: operator(),
		Interruptible: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		},
	}
	desk, err := newDesk()
	if err != nil {
		fmt.Fprintf(os.Stderr, "the expression compiler cannot start: %v\n", err)
		return cli.ExitFailed
	}
	return cli.Run(os.Args[1:], desk, streams)
}

// isTerminal reports whether a line can be redrawn on the file.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" && os.Getenv("TERM") != ""
}

// terminalSize returns the size of the terminal that narration goes to, 0 when it has none.
func terminalSize() (width, height int) {
	width, height, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// operator returns the name of who runs the program, "" when the machine does not know it.
func operator() string {
	account, err := user.Current()
	if err != nil {
		return ""
	}
	return account.Username
}

// program returns how the reader calls evenkeel, for commands that are printed to be pasted.
func program() []string {
	path, err := os.Executable()
	if err == nil && madeByGoRun(path) {
		return []string{"go", "run", "./cmd/evenkeel"}
	}
	return os.Args[:1]
}

// madeByGoRun reports whether the executable stands where go run puts it: in a directory of its own for the
// first run (go-build123/b001/exe), in the build cache for later ones (2b/2be4...-d).
func madeByGoRun(path string) bool {
	dir := filepath.Dir(path)
	digest, inCache := strings.CutSuffix(filepath.Base(dir), "-d")
	const digestLength = 64
	if inCache && len(digest) == digestLength && strings.Trim(digest, "0123456789abcdef") == "" {
		return true
	}
	return filepath.Base(dir) == "exe" && strings.HasPrefix(filepath.Base(filepath.Dir(filepath.Dir(dir))), "go-build")
}
