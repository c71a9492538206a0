-- SPDX-License-Identifier: MIT
-- What the web server keeps itself, version 1 (PostgreSQL: the schema "web"). docs/web-security.md explains it. Never edit a
-- version that was released: add the next number.

-- IF NOT EXISTS would ask for the right to make schemas even where there is nothing to make.
DO $$
BEGIN
  IF to_regnamespace('web') IS NULL THEN CREATE SCHEMA web; END IF;
END
$$;
SET LOCAL search_path = web, pg_temp;

CREATE TABLE schema_version (
  version INTEGER NOT NULL PRIMARY KEY,
  applied BIGINT NOT NULL      -- seconds since 1970-01-01 00:00 UTC
);

-- One wall for everybody.
CREATE TABLE favourite (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- never given twice: an old address shows nothing else
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  query TEXT NOT NULL,          -- the query part of /PasTmon/graph
  created BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  changed_by TEXT NOT NULL      -- account.name, also of one that is gone; '': nobody had to log in
);

CREATE TABLE account (
  name TEXT NOT NULL PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('reader', 'editor')),
  password TEXT NOT NULL,       -- hashed: docs/web-security.md
  created BIGINT NOT NULL
);

CREATE TABLE session (
  token TEXT NOT NULL PRIMARY KEY,  -- hash of what the browser has
  account TEXT NOT NULL,
  form_key TEXT NOT NULL,           -- the tokens of its forms come from it
  created BIGINT NOT NULL,
  last_used BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account, last_used);
