-- SPDX-License-Identifier: MIT
-- What the web server keeps itself, version 1 (SQLite: the file web.db). docs/web-security.md explains it. Never edit a
-- version that was released: add the next number.

PRAGMA application_id = 1349735511;  -- 'PsTW': how PasTmon knows this file

CREATE TABLE schema_version (
  version INTEGER NOT NULL PRIMARY KEY,
  applied INTEGER NOT NULL      -- seconds since 1970-01-01 00:00 UTC
) STRICT;

-- One wall for everybody.
CREATE TABLE favourite (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: an old address shows nothing else
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  query TEXT NOT NULL,          -- the query part of /PasTmon/graph
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  changed_by TEXT NOT NULL      -- account.name, also of one that is gone; '': nobody had to log in
) STRICT;

CREATE TABLE account (
  name TEXT NOT NULL PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('reader', 'editor')),
  password TEXT NOT NULL,       -- hashed: docs/web-security.md
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  token TEXT NOT NULL PRIMARY KEY,  -- hash of what the browser has
  account TEXT NOT NULL,
  form_key TEXT NOT NULL,           -- the tokens of its forms come from it
  created INTEGER NOT NULL,
  last_used INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account, last_used);
