package cli

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/whatif"
)

// explanation is what the rules of a plan cost, as far as it was worked out.
type explanation struct {
	planView
	asked  int            // rules there are to price
	prices []whatif.Price // in the order asked
	looser []whatif.Price // for limits whose loss alone meets a deadline that is missed: the least loosening that does
}

func (e explanation) complete() bool { return len(e.prices) == e.asked }

// explain prices every rule of the plan and, when the deadline is missed, finds what would meet it. Ctrl-C ends the
// work and keeps what is done.
func (s *session) explain(v planView, in planner.Input) error {
	ctx, restore := s.interruptible()
	defer restore()
	questions := whatif.Questions(in, v.plan)
	e := explanation{planView: v, asked: len(questions), prices: s.priced(ctx, questions, v)}
	if missed(v.plan) {
		e.looser = s.loosened(ctx, e)
	}
	if v.options.json {
		if err := s.printJSON(describeExplanation(e)); err != nil {
			return err
		}
	} else {
		s.printExplanation(e)
	}
	if ctx.Err() != nil {
		fmt.Fprintf(s.Err, "stopped: %s of %s priced\n", grouped(len(e.prices)), counted(e.asked, "rule"))
		return errTold
	}
	return nil
}

// priced answers the questions, as many at once as there are cores, until ctx is done. The answers are in the order
// of the questions.
func (s *session) priced(ctx context.Context, questions []whatif.Question, v planView) []whatif.Price {
	type answer struct {
		number int
		price  whatif.Price
	}
	left, answers := make(chan int, len(questions)), make(chan answer, len(questions))
	for i := range questions {
		left <- i
	}
	close(left)
	for range min(runtime.GOMAXPROCS(0), len(questions)) {
		go func() {
			for i := range left {
				if ctx.Err() != nil {
					return
				}
				answers <- answer{i, whatif.Answer(questions[i], v.plan)}
			}
		}()
	}
	bar := s.counting("rules priced")
	defer bar.end()
	known := make([]*whatif.Price, len(questions))
	for done := range questions {
		bar.step(int64(done), int64(len(questions)))
		select {
		case <-ctx.Done():
			return answered(known)
		case a := <-answers:
			known[a.number] = &a.price
		}
	}
	return answered(known)
}

// answered returns the prices that are known.
func answered(known []*whatif.Price) []whatif.Price {
	var out []whatif.Price
	for _, p := range known {
		if p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// loosened finds for each limit whose loss alone meets the deadline the least loosening that does.
func (s *session) loosened(ctx context.Context, e explanation) []whatif.Price {
	var questions []whatif.Question
	for _, p := range whatif.Enough(e.prices) {
		questions = append(questions, whatif.Loosened(p.Question)...)
	}
	var out []whatif.Price
	for _, p := range s.priced(ctx, questions, e.planView) {
		known := slices.ContainsFunc(out, func(o whatif.Price) bool { return o.Code == p.Code })
		if p.Deadline == whatif.Met && !known {
			out = append(out, p)
		}
	}
	return out
}
