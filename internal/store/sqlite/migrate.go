package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// form is the number of the newest migration: the form of the file that this program reads and writes.
const form = 1

// migrate brings the file at path to the newest form. A migration is carried out whole or not at all.
func migrate(ctx context.Context, path string) error {
	pool, err := sql.Open("sqlite", address(path, "rw"))
	if err != nil {
		return err
	}
	return errors.Join(upgrade(ctx, pool), pool.Close())
}

func upgrade(ctx context.Context, pool *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	steps, err := goose.NewProvider(goose.DialectSQLite3, pool, files, goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = steps.Up(ctx)
	return err
}
