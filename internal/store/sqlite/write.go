package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

// seqMax is the greatest sequence number that SQLite can hold.
const seqMax = math.MaxInt64

// point is a moment inside a transaction. Tests stop there.
type point string

const (
	recorded    point = "recorded"    // the journal is written, the rest is not
	changed     point = "changed"     // rows were opened, but none closed
	uncommitted point = "uncommitted" // all is written, and none of it kept
	committed   point = "committed"   // all is kept, and nobody was told
)

// reach tells a test that a point was reached; its error becomes that of the transaction.
func (s *Store) reach(p point) error {
	if s.reached == nil {
		return nil
	}
	return s.reached(p)
}

// statements are all statements that write, prepared on the one connection that does.
type statements struct {
	begin, commit, rollback   *sql.Stmt
	claim, find, advance      *sql.Stmt
	record                    *sql.Stmt
	openOrder, closeOrder     *sql.Stmt
	openNotice, closeNotice   *sql.Stmt
	setDeadline, dropDeadline *sql.Stmt

	all []*sql.Stmt
}

// close frees the statements. A connection with statements that are not freed is never really closed.
func (s statements) close() error {
	var faults []error
	for _, statement := range s.all {
		faults = append(faults, statement.Close())
	}
	return errors.Join(faults...)
}

func prepare(ctx context.Context, writer *sql.Conn) (statements, error) {
	var s statements
	for _, one := range []struct {
		into **sql.Stmt
		text string
	}{
		{&s.begin, "BEGIN IMMEDIATE"},
		{&s.commit, "COMMIT"},
		{&s.rollback, "ROLLBACK"},
		{&s.claim, `INSERT INTO campaign (id, epoch, last_seq) VALUES (?, 1, 0)
			ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1 RETURNING epoch`},
		{&s.find, "SELECT number, epoch, last_seq FROM campaign WHERE id = ?"},
		{&s.advance, "UPDATE campaign SET last_seq = ? WHERE number = ?"},
		{&s.record, "INSERT INTO journal (campaign, seq, at, version, kind, body, chain) VALUES (?, ?, ?, ?, ?, ?, ?)"},
		{&s.openOrder, `INSERT INTO orders (campaign, key, host, step, attempt, not_after, state)
			VALUES (?, ?, ?, ?, ?, ?, 'open') ON CONFLICT DO NOTHING`},
		{&s.closeOrder, "UPDATE orders SET state = 'closed' WHERE campaign = ? AND key = ? AND state = 'open'"},
		{&s.openNotice, `INSERT INTO notices (campaign, id, tenant, kind, at, state)
			VALUES (?, ?, ?, ?, ?, 'open') ON CONFLICT DO NOTHING`},
		{&s.closeNotice, "UPDATE notices SET state = 'closed' WHERE campaign = ? AND id = ? AND state = 'open'"},
		{&s.setDeadline, `INSERT INTO deadlines (campaign, host, at) VALUES (?, ?, ?)
			ON CONFLICT (campaign, host) DO UPDATE SET at = excluded.at`},
		{&s.dropDeadline, "DELETE FROM deadlines WHERE campaign = ? AND host = ?"},
	} {
		statement, err := writer.PrepareContext(ctx, one.text)
		if err != nil {
			return s, fmt.Errorf("%s: %w", one.text, err)
		}
		*one.into, s.all = statement, append(s.all, statement)
	}
	return s, nil
}

// Claim makes the caller the only one whose batches are taken.
func (s *Store) Claim(ctx context.Context, campaign string) (uint64, error) {
	var epoch uint64
	err := s.transact(ctx, func() error { return s.kept.claim.QueryRow(campaign).Scan(&epoch) })
	if err != nil {
		return 0, fmt.Errorf("claiming campaign %q: %w", campaign, err)
	}
	return epoch, nil
}

// Apply keeps a batch, all of it or nothing, on disk before it returns.
func (s *Store) Apply(ctx context.Context, b store.Batch) error {
	if err := s.transact(ctx, func() error { return s.apply(b) }); err != nil {
		return fmt.Errorf("keeping what follows record %d of campaign %q: %w", b.After, b.Campaign, err)
	}
	return nil
}

// transact does a piece of work in a transaction. Once begun it is not interrupted: a transaction takes
// milliseconds, and one that was given up while it was committed would leave its outcome open.
func (s *Store) transact(ctx context.Context, work func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.kept.begin.Exec(); err != nil {
		return explain(s.path, err)
	}
	err := work()
	if err == nil {
		err = s.reach(uncommitted)
	}
	if err == nil {
		_, err = s.kept.commit.Exec()
	}
	if err != nil {
		s.kept.rollback.Exec() // fails when the library has rolled back already, which is as good
		return explain(s.path, err)
	}
	return s.reach(committed)
}

// apply writes a batch inside a transaction.
func (s *Store) apply(b store.Batch) error {
	var campaign int64
	var epoch, last uint64
	err := s.kept.find.QueryRow(b.Campaign).Scan(&campaign, &epoch, &last)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && epoch != b.Epoch:
		return fmt.Errorf("epoch %d is over: %w", b.Epoch, store.ErrFenced)
	case err != nil:
		return err
	case last != b.After:
		return fmt.Errorf("the journal ends at %d: %w", last, store.ErrMoved)
	}
	if err := s.extend(campaign, b); err != nil {
		return err
	}
	if err := s.reach(recorded); err != nil {
		return err
	}
	if err := s.add(campaign, b); err != nil {
		return err
	}
	if err := s.reach(changed); err != nil {
		return err
	}
	return s.close(campaign, b)
}

// extend writes the records of a batch to the end of the journal.
func (s *Store) extend(campaign int64, b store.Batch) error {
	for i, r := range b.Records {
		if want := b.After + 1 + uint64(i); r.Seq != want {
			return fmt.Errorf("record %d stands where record %d belongs", r.Seq, want)
		}
		body := r.Body
		if body == nil {
			body = []byte{} // a nil slice would be written as NULL
		}
		if _, err := s.kept.record.Exec(campaign, r.Seq, int64(r.At), r.Version, r.Kind, body, r.Chain); err != nil {
			return err
		}
	}
	if len(b.Records) == 0 {
		return nil // a batch that only asks whether its maker still conducts writes no page
	}
	_, err := s.kept.advance.Exec(b.After+uint64(len(b.Records)), campaign)
	return err
}

// add writes the rows that a batch opens, and its deadlines.
func (s *Store) add(campaign int64, b store.Batch) error {
	for _, o := range b.Orders {
		result, err := s.kept.openOrder.Exec(campaign, o.Key, o.Host, o.Step, o.Attempt, int64(o.NotAfter))
		if err := oneRow(result, err, "order", o.Key, "is there already"); err != nil {
			return err
		}
	}
	for _, n := range b.Notices {
		result, err := s.kept.openNotice.Exec(campaign, n.ID, n.Tenant, n.Kind, int64(n.At))
		if err := oneRow(result, err, "notice", n.ID, "is there already"); err != nil {
			return err
		}
	}
	for _, d := range b.Deadlines {
		set, values := s.kept.setDeadline, []any{campaign, d.Host, int64(d.At)}
		if d.At == 0 {
			set, values = s.kept.dropDeadline, values[:2]
		}
		if _, err := set.Exec(values...); err != nil {
			return err
		}
	}
	return nil
}

// close marks the rows that a batch closes, be they opened by the same batch.
func (s *Store) close(campaign int64, b store.Batch) error {
	for _, key := range b.OrdersClosed {
		result, err := s.kept.closeOrder.Exec(campaign, key)
		if err := oneRow(result, err, "order", key, "is not open"); err != nil {
			return err
		}
	}
	for _, id := range b.NoticesClosed {
		result, err := s.kept.closeNotice.Exec(campaign, id)
		if err := oneRow(result, err, "notice", id, "is not open"); err != nil {
			return err
		}
	}
	return nil
}

// oneRow returns the error of a statement that had to change one row; when it changed none, what that means.
func oneRow(result sql.Result, err error, what, name, wrong string) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("%s %q %s", what, name, wrong)
}
