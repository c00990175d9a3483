// Package cli is the command line: it reads flags, asks the desk for files, asks the core for judgement, and
// renders the answer. Results go to standard output, narration and errors to standard error; nothing is
// ever asked of the reader, and no meaning is carried by colour. It decides nothing about fleets and knows
// no file format: both would have to be written twice for the other surfaces.
package cli

import (
	"context"
	"errors"
	"io"
	"time"
)

// The exit codes of every command.
const (
	ExitDone   = 0
	ExitFailed = 1 // the work failed or was refused; nothing was written
	ExitUsage  = 2 // the command line itself was wrong; nothing was done
	ExitMissed = 3 // plan --exit-code: the plan was made and misses its deadline
)

// Streams is where a command talks to its reader.
type Streams struct {
	Out           io.Writer // results
	Err           io.Writer // narration, warnings and errors
	ErrIsTerminal bool      // whether a progress line may be redrawn on Err
	Program       []string  // the words by which the reader calls evenkeel, for commands printed to be pasted
	Zone          *time.Location
	Size          func() (width, height int) // of the terminal behind Err now, 0 when it is not known; may be nil
	Colour        bool                       // whether pictures on Err may have colours
	Operator      string                     // who gives the commands, as the machine knows him; may be empty
	// Interruptible returns a context that ends when the reader wants the command to end (Ctrl-C). After the function
	// that it returns is called, that wish ends the process again. It may be nil.
	Interruptible func(context.Context) (context.Context, context.CancelFunc)
}

// interruptible returns a context that ends when the reader wants the command to end.
func (s *session) interruptible() (context.Context, context.CancelFunc) {
	if s.Interruptible == nil {
		return context.WithCancel(context.Background())
	}
	return s.Interruptible(context.Background())
}

// session is what every command works with.
type session struct {
	Streams
	desk   Desk
	output *resultWriter
}

// Run carries out one command line, without the program's name in front, and returns its exit code.
func Run(args []string, desk Desk, streams Streams) int {
	s := &session{Streams: streams, desk: desk, output: newResultWriter(streams.Out)}
	s.Out = s.output
	root := s.rootCommand()
	root.SetArgs(args)
	err := root.Execute()
	if flushed := s.output.flush(); flushed != nil && (err == nil || err == errMissed || errors.Is(err, s.output.failed)) {
		err = flushed
	}
	return s.report(err)
}
