-- +goose Up

-- The files of evenkeel have this number in their header.
PRAGMA application_id = 0x45764b6c;

-- A campaign is called by its number in the other tables. Its epoch is that of the newest conductor.
CREATE TABLE campaign (
    number   INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    epoch    INTEGER NOT NULL CHECK (epoch > 0),
    last_seq INTEGER NOT NULL CHECK (last_seq >= 0)
) STRICT;

CREATE TABLE journal (
    campaign INTEGER NOT NULL REFERENCES campaign (number),
    seq      INTEGER NOT NULL CHECK (seq > 0),
    at       INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    body     BLOB NOT NULL,
    chain    TEXT NOT NULL,
    PRIMARY KEY (campaign, seq)
) STRICT, WITHOUT ROWID;

-- Orders and notices stay when they are closed: what was once asked or told is never asked or told again.
CREATE TABLE orders (
    campaign  INTEGER NOT NULL REFERENCES campaign (number),
    key       TEXT NOT NULL,
    host      TEXT NOT NULL,
    step      TEXT NOT NULL,
    attempt   INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    PRIMARY KEY (campaign, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
    campaign INTEGER NOT NULL REFERENCES campaign (number),
    id       TEXT NOT NULL,
    tenant   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    PRIMARY KEY (campaign, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE deadlines (
    campaign INTEGER NOT NULL REFERENCES campaign (number),
    host     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (campaign, host)
) STRICT, WITHOUT ROWID;
