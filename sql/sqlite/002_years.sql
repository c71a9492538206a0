-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 2 (SQLite): roll-ups, totals, marks of what is archived, remembered names, identities of
-- sensors. docs/schema.md explains it. Never edit a version that was released: add the next number.

-- A random word that the sensor keeps beside its journal: two machines with one name are told apart. '': none yet.
ALTER TABLE sensor ADD COLUMN identity TEXT NOT NULL DEFAULT '';

-- All names that an address was seen with, the newest few; host.name is the newest of them.
CREATE TABLE host_name (
  host INTEGER NOT NULL,          -- host.id
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  seen INTEGER NOT NULL,          -- seconds since 1970-01-01 00:00 UTC
  PRIMARY KEY (host, name)
) WITHOUT ROWID;
INSERT INTO host_name (host, name, source, seen) SELECT id, name, name_source, name_seen FROM host WHERE name <> '';

-- How often hosts that nothing referred to were removed: a writer that finds it raised puts all its hosts in anew.
CREATE TABLE host_purge (times INTEGER NOT NULL);
INSERT INTO host_purge (times) VALUES (0);

-- Length of a statistic's bucket in seconds: old ones are added up.
ALTER TABLE statistic ADD COLUMN "interval" INTEGER NOT NULL DEFAULT 300;

-- What of level 1 is in level 2 already: rows of this bucket, sensor and run, and of this part of the keys,
-- ((client & 1073741823) + (server & 1073741823)) % 64; part -1: all of them.
CREATE TABLE archived (
  bucket INTEGER NOT NULL,
  sensor INTEGER NOT NULL,
  run INTEGER NOT NULL,
  part INTEGER NOT NULL,
  PRIMARY KEY (bucket, sensor, run, part)
) WITHOUT ROWID;

-- Rows of an hour of level 1, or of a day of level 2, added up over runs and over what stands as 0:
--   kind 1: by signature; kind 2: by signature, server and port; kind 3: by signature and client.
-- Queries over long ranges read these instead of every row, where rolled_up says that they are there.
CREATE TABLE rollup (
  level INTEGER NOT NULL,        -- 1 or 2
  kind INTEGER NOT NULL,
  bucket INTEGER NOT NULL,        -- start of the hour or day
  "interval" INTEGER NOT NULL,   -- 3600 or 86400
  sensor INTEGER NOT NULL,
  signature INTEGER NOT NULL,
  client INTEGER NOT NULL,        -- 0: all
  server INTEGER NOT NULL,        -- 0: all
  port INTEGER NOT NULL,         -- 0: none, or all
  first_seen INTEGER,             -- microseconds since 1970-01-01 00:00 UTC
  last_seen INTEGER,
  transactions INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  unanswered INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  aborted INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  response_time_count INTEGER NOT NULL,
  response_time_sum INTEGER NOT NULL,
  response_time_min INTEGER,
  response_time_max INTEGER,
  server_time_count INTEGER NOT NULL,
  server_time_sum INTEGER NOT NULL,
  server_time_min INTEGER,
  server_time_max INTEGER,
  packets_client INTEGER NOT NULL,
  packets_server INTEGER NOT NULL,
  bytes_client INTEGER NOT NULL,
  bytes_server INTEGER NOT NULL,
  retransmissions_client INTEGER NOT NULL,
  retransmissions_server INTEGER NOT NULL,
  resets_client INTEGER NOT NULL,
  resets_server INTEGER NOT NULL,
  ack_gaps_client INTEGER NOT NULL,
  ack_gaps_server INTEGER NOT NULL,
  verdict_client INTEGER NOT NULL,
  verdict_network INTEGER NOT NULL,
  verdict_server INTEGER NOT NULL,
  verdict_transfer INTEGER NOT NULL,
  verdict_loss INTEGER NOT NULL,
  verdict_transactions INTEGER NOT NULL,
  detail BLOB NOT NULL,       -- all other metrics and the sketches: docs/detail-format.md
  PRIMARY KEY (level, kind, bucket, sensor, signature, client, server, port)
) WITHOUT ROWID;

CREATE INDEX rollup_signature ON rollup (signature, bucket) WHERE kind = 1;
CREATE INDEX rollup_server ON rollup (server, signature, bucket) WHERE kind = 2;
CREATE INDEX rollup_client ON rollup (client, signature, bucket) WHERE kind = 3;

-- Each hour (day) that has rows. ready 0: they came or went since its roll-up was made. The version grows with each
-- change, so that a roll-up made meanwhile is known to be old.
CREATE TABLE rolled_up (
  level INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  sensor INTEGER NOT NULL,
  ready INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (level, bucket, sensor)
) WITHOUT ROWID;

CREATE INDEX rolled_up_due ON rolled_up (level, bucket) WHERE ready = 0;

INSERT INTO rolled_up (level, bucket, sensor, ready, version)
SELECT DISTINCT 1, bucket - bucket % 3600, sensor, 0, 1 FROM level_1;
INSERT INTO rolled_up (level, bucket, sensor, ready, version)
SELECT DISTINCT 2, bucket - bucket % 86400, sensor, 0, 1 FROM level_2;

-- Everything stored since this version, by sensor and signature: never falls, whatever is archived or aged out.
CREATE TABLE total (
  sensor INTEGER NOT NULL,
  signature INTEGER NOT NULL,
  first_seen INTEGER,             -- microseconds since 1970-01-01 00:00 UTC
  last_seen INTEGER,
  transactions INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  unanswered INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  aborted INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  response_time_count INTEGER NOT NULL,
  response_time_sum INTEGER NOT NULL,
  response_time_min INTEGER,
  response_time_max INTEGER,
  server_time_count INTEGER NOT NULL,
  server_time_sum INTEGER NOT NULL,
  server_time_min INTEGER,
  server_time_max INTEGER,
  packets_client INTEGER NOT NULL,
  packets_server INTEGER NOT NULL,
  bytes_client INTEGER NOT NULL,
  bytes_server INTEGER NOT NULL,
  retransmissions_client INTEGER NOT NULL,
  retransmissions_server INTEGER NOT NULL,
  resets_client INTEGER NOT NULL,
  resets_server INTEGER NOT NULL,
  ack_gaps_client INTEGER NOT NULL,
  ack_gaps_server INTEGER NOT NULL,
  verdict_client INTEGER NOT NULL,
  verdict_network INTEGER NOT NULL,
  verdict_server INTEGER NOT NULL,
  verdict_transfer INTEGER NOT NULL,
  verdict_loss INTEGER NOT NULL,
  verdict_transactions INTEGER NOT NULL,
  detail BLOB NOT NULL,       -- all other metrics and the sketches: docs/detail-format.md
  PRIMARY KEY (sensor, signature)
) WITHOUT ROWID;

CREATE TABLE statistic_total (
  sensor INTEGER NOT NULL,
  name TEXT NOT NULL,
  interface TEXT NOT NULL,
  "count" INTEGER NOT NULL,
  "sum" INTEGER NOT NULL,
  "min" INTEGER,
  "max" INTEGER,
  PRIMARY KEY (sensor, name, interface)
) WITHOUT ROWID;

-- A random word by which this database is known, also in its copies.
CREATE TABLE database_identity (
  identity TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO database_identity (identity) VALUES (lower(hex(randomblob(16))));

-- How far another database's contents were copied into this one (pastmon-admin migrate).
CREATE TABLE migration (
  source TEXT NOT NULL,          -- its database_identity
  part TEXT NOT NULL,            -- a table; 'total': all totals; '': the whole
  position TEXT NOT NULL,        -- key of the last row copied; of the whole and of totals: what the source held
  copied INTEGER NOT NULL,       -- rows
  finished INTEGER NOT NULL,     -- seconds since 1970-01-01 00:00 UTC; 0: not yet
  PRIMARY KEY (source, part)
) WITHOUT ROWID;
