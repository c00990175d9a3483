package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

// readersMax bounds how many questions are answered at the same moment; more wait.
const readersMax = 4

// reader looks into a file through connections that cannot write.
type reader struct {
	path string
	pool *sql.DB
}

// look opens the file at path for reading.
func look(path string) (*reader, error) {
	pool, err := sql.Open("sqlite", address(path, "ro"))
	if err != nil {
		return nil, explain(path, err)
	}
	pool.SetMaxOpenConns(readersMax)
	return &reader{path, pool}, nil
}

func (r *reader) examine(ctx context.Context) error { return examine(ctx, r.pool, r.path) }

// Close frees what the reader holds.
func (r *reader) Close() error { return r.pool.Close() }

// Campaigns returns the ids of the campaigns, in the order they were made.
func (r *reader) Campaigns(ctx context.Context) ([]string, error) {
	return list(ctx, r.pool, r.path, func(rows *sql.Rows, id *string) error { return rows.Scan(id) },
		"SELECT id FROM campaign ORDER BY number")
}

// Snapshot returns the present state of a campaign; of one that is not there, the empty one. All of it is of
// the same moment.
func (r *reader) Snapshot(ctx context.Context, campaign string) (store.Snapshot, error) {
	var s store.Snapshot
	moment, err := r.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s, explain(r.path, err)
	}
	defer moment.Rollback()
	var number int64
	err = moment.QueryRowContext(ctx, "SELECT number, epoch, last_seq FROM campaign WHERE id = ?", campaign).
		Scan(&number, &s.Epoch, &s.Last)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	if err != nil {
		return s, explain(r.path, err)
	}
	s.Orders, err = list(ctx, moment, r.path, func(rows *sql.Rows, o *store.OrderRow) error {
		return rows.Scan(&o.Key, &o.Host, &o.Step, &o.Attempt, &o.NotAfter)
	}, "SELECT key, host, step, attempt, not_after FROM orders WHERE campaign = ? AND state = 'open' ORDER BY key", number)
	if err != nil {
		return s, err
	}
	s.Notices, err = list(ctx, moment, r.path, func(rows *sql.Rows, n *store.NoticeRow) error {
		return rows.Scan(&n.ID, &n.Tenant, &n.Kind, &n.At)
	}, "SELECT id, tenant, kind, at FROM notices WHERE campaign = ? AND state = 'open' ORDER BY id", number)
	if err != nil {
		return s, err
	}
	s.Deadlines, err = list(ctx, moment, r.path, func(rows *sql.Rows, d *store.Deadline) error {
		return rows.Scan(&d.Host, &d.At)
	}, "SELECT host, at FROM deadlines WHERE campaign = ? ORDER BY host", number)
	return s, err
}

// Journal calls each with every record after the given one, in order, until it returns an error. What is
// written meanwhile is not seen, and each may use the store.
func (r *reader) Journal(ctx context.Context, campaign string, after uint64, each func(store.Record) error) error {
	if after > seqMax {
		return nil
	}
	rows, err := r.pool.QueryContext(ctx, `SELECT seq, at, version, kind, body, chain FROM journal
		WHERE campaign = (SELECT number FROM campaign WHERE id = ?) AND seq > ? ORDER BY seq`, campaign, after)
	if err != nil {
		return explain(r.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var record store.Record
		err := rows.Scan(&record.Seq, &record.At, &record.Version, &record.Kind, &record.Body, &record.Chain)
		if err != nil {
			return explain(r.path, err)
		}
		if err := each(record); err != nil {
			return err
		}
	}
	return explain(r.path, rows.Err())
}

// asker is what asks for many rows: a transaction or a pool.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// list returns all rows that a query finds.
func list[T any](ctx context.Context, from asker, path string, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(path, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, explain(path, err)
		}
		all = append(all, one)
	}
	return all, explain(path, rows.Err())
}
