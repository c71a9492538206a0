-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 2 (PostgreSQL): roll-ups, totals, marks of what is archived, remembered names, identities of
-- sensors. docs/schema.md explains it. Never edit a version that was released: add the next number.

SET LOCAL search_path = pastmon, pg_temp;

-- A random word that the sensor keeps beside its journal: two machines with one name are told apart. '': none yet.
ALTER TABLE sensor ADD COLUMN identity TEXT NOT NULL DEFAULT '';

-- All names that an address was seen with, the newest few; host.name is the newest of them.
CREATE TABLE host_name (
  host BIGINT NOT NULL,          -- host.id
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  seen BIGINT NOT NULL,          -- seconds since 1970-01-01 00:00 UTC
  PRIMARY KEY (host, name)
);
INSERT INTO host_name (host, name, source, seen) SELECT id, name, name_source, name_seen FROM host WHERE name <> '';

-- How often hosts that nothing referred to were removed: a writer that finds it raised puts all its hosts in anew.
CREATE TABLE host_purge (times BIGINT NOT NULL);
INSERT INTO host_purge (times) VALUES (0);

-- Length of a statistic's bucket in seconds: old ones are added up.
ALTER TABLE statistic ADD COLUMN "interval" INTEGER NOT NULL DEFAULT 300;

-- What of level 1 is in level 2 already: rows of this bucket, sensor and run, and of this part of the keys,
-- ((client & 1073741823) + (server & 1073741823)) % 64; part -1: all of them.
CREATE TABLE archived (
  bucket BIGINT NOT NULL,
  sensor BIGINT NOT NULL,
  run BIGINT NOT NULL,
  part INTEGER NOT NULL,
  PRIMARY KEY (bucket, sensor, run, part)
);

-- Rows of an hour of level 1, or of a day of level 2, added up over runs and over what stands as 0:
--   kind 1: by signature; kind 2: by signature, server and port; kind 3: by signature and client.
-- Queries over long ranges read these instead of every row, where rolled_up says that they are there.
CREATE TABLE rollup (
  level INTEGER NOT NULL,        -- 1 or 2
  kind INTEGER NOT NULL,
  bucket BIGINT NOT NULL,        -- start of the hour or day
  "interval" INTEGER NOT NULL,   -- 3600 or 86400
  sensor BIGINT NOT NULL,
  signature BIGINT NOT NULL,
  client BIGINT NOT NULL,        -- 0: all
  server BIGINT NOT NULL,        -- 0: all
  port INTEGER NOT NULL,         -- 0: none, or all
  first_seen BIGINT,             -- microseconds since 1970-01-01 00:00 UTC
  last_seen BIGINT,
  transactions BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  unanswered BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  aborted BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  response_time_count BIGINT NOT NULL,
  response_time_sum BIGINT NOT NULL,
  response_time_min BIGINT,
  response_time_max BIGINT,
  server_time_count BIGINT NOT NULL,
  server_time_sum BIGINT NOT NULL,
  server_time_min BIGINT,
  server_time_max BIGINT,
  packets_client BIGINT NOT NULL,
  packets_server BIGINT NOT NULL,
  bytes_client BIGINT NOT NULL,
  bytes_server BIGINT NOT NULL,
  retransmissions_client BIGINT NOT NULL,
  retransmissions_server BIGINT NOT NULL,
  resets_client BIGINT NOT NULL,
  resets_server BIGINT NOT NULL,
  ack_gaps_client BIGINT NOT NULL,
  ack_gaps_server BIGINT NOT NULL,
  verdict_client BIGINT NOT NULL,
  verdict_network BIGINT NOT NULL,
  verdict_server BIGINT NOT NULL,
  verdict_transfer BIGINT NOT NULL,
  verdict_loss BIGINT NOT NULL,
  verdict_transactions BIGINT NOT NULL,
  detail BYTEA NOT NULL,       -- all other metrics and the sketches: docs/detail-format.md
  PRIMARY KEY (level, kind, bucket, sensor, signature, client, server, port)
);

CREATE INDEX rollup_signature ON rollup (signature, bucket) WHERE kind = 1;
CREATE INDEX rollup_server ON rollup (server, signature, bucket) WHERE kind = 2;
CREATE INDEX rollup_client ON rollup (client, signature, bucket) WHERE kind = 3;

-- Each hour (day) that has rows. ready 0: they came or went since its roll-up was made. The version grows with each
-- change, so that a roll-up made meanwhile is known to be old.
CREATE TABLE rolled_up (
  level INTEGER NOT NULL,
  bucket BIGINT NOT NULL,
  sensor BIGINT NOT NULL,
  ready INTEGER NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (level, bucket, sensor)
);

CREATE INDEX rolled_up_due ON rolled_up (level, bucket) WHERE ready = 0;

INSERT INTO rolled_up (level, bucket, sensor, ready, version)
SELECT DISTINCT 1, bucket - bucket % 3600, sensor, 0, 1 FROM level_1;
INSERT INTO rolled_up (level, bucket, sensor, ready, version)
SELECT DISTINCT 2, bucket - bucket % 86400, sensor, 0, 1 FROM level_2;

-- Everything stored since this version, by sensor and signature: never falls, whatever is archived or aged out.
CREATE TABLE total (
  sensor BIGINT NOT NULL,
  signature BIGINT NOT NULL,
  first_seen BIGINT,             -- microseconds since 1970-01-01 00:00 UTC
  last_seen BIGINT,
  transactions BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  unanswered BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  aborted BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  response_time_count BIGINT NOT NULL,
  response_time_sum BIGINT NOT NULL,
  response_time_min BIGINT,
  response_time_max BIGINT,
  server_time_count BIGINT NOT NULL,
  server_time_sum BIGINT NOT NULL,
  server_time_min BIGINT,
  server_time_max BIGINT,
  packets_client BIGINT NOT NULL,
  packets_server BIGINT NOT NULL,
  bytes_client BIGINT NOT NULL,
  bytes_server BIGINT NOT NULL,
  retransmissions_client BIGINT NOT NULL,
  retransmissions_server BIGINT NOT NULL,
  resets_client BIGINT NOT NULL,
  resets_server BIGINT NOT NULL,
  ack_gaps_client BIGINT NOT NULL,
  ack_gaps_server BIGINT NOT NULL,
  verdict_client BIGINT NOT NULL,
  verdict_network BIGINT NOT NULL,
  verdict_server BIGINT NOT NULL,
  verdict_transfer BIGINT NOT NULL,
  verdict_loss BIGINT NOT NULL,
  verdict_transactions BIGINT NOT NULL,
  detail BYTEA NOT NULL,       -- all other metrics and the sketches: docs/detail-format.md
  PRIMARY KEY (sensor, signature)
);

CREATE TABLE statistic_total (
  sensor BIGINT NOT NULL,
  name TEXT NOT NULL,
  interface TEXT NOT NULL,
  "count" BIGINT NOT NULL,
  "sum" BIGINT NOT NULL,
  "min" BIGINT,
  "max" BIGINT,
  PRIMARY KEY (sensor, name, interface)
);

-- Drops the partition of one day if all its rows are archived; true if there is none (any more). Runs with its owner's
-- rights, so that a writer needs none to drop tables. A late batch that waits meanwhile makes the day anew.

CREATE FUNCTION drop_level_1_day(day BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pastmon, pg_temp AS $$
DECLARE
  partition_name TEXT;
  left_over BOOLEAN;
  changes NUMERIC;
  changed NUMERIC;
BEGIN
  IF day < 0 OR day >= 253402300800 OR day % 86400 <> 0 THEN
    RAISE EXCEPTION 'not a day between 1970 and 9999: %', day;
  END IF;
  partition_name := 'level_1_' || to_char(to_timestamp(day) AT TIME ZONE 'UTC', 'YYYYMMDD');
  PERFORM pg_advisory_xact_lock(1349735502, 2);
  IF to_regclass(partition_name) IS NULL THEN
    RETURN true;
  END IF;
  SELECT COALESCE(SUM(version), 0) INTO changes FROM rolled_up WHERE level = 1 AND bucket >= day AND bucket < day + 86400;
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I r WHERE NOT EXISTS (SELECT 1 FROM archived a '
                 'WHERE a.bucket = r.bucket AND a.sensor = r.sensor AND a.run = r.run AND a.part = -1))',
                 partition_name) INTO left_over;
  IF left_over THEN
    RETURN false;
  END IF;
  -- The look above may take seconds, so it is taken before the lock that makes everybody wait; whoever adds rows raises
  -- a version, so the sum tells whether some came meanwhile.
  LOCK TABLE ONLY level_1 IN ACCESS EXCLUSIVE MODE;
  SELECT COALESCE(SUM(version), 0) INTO changed FROM rolled_up WHERE level = 1 AND bucket >= day AND bucket < day + 86400;
  IF changed <> changes THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE %I', partition_name);
  DELETE FROM archived WHERE bucket >= day AND bucket < day + 86400;
  DELETE FROM rolled_up WHERE level = 1 AND bucket >= day AND bucket < day + 86400;
  DELETE FROM rollup WHERE level = 1 AND bucket >= day AND bucket < day + 86400;
  RETURN true;
END
$$;

-- A random word by which this database is known, also in its copies.
CREATE TABLE database_identity (
  identity TEXT NOT NULL PRIMARY KEY
);
INSERT INTO database_identity (identity) VALUES (replace(gen_random_uuid()::TEXT, '-', ''));

-- How far another database's contents were copied into this one (pastmon-admin migrate).
CREATE TABLE migration (
  source TEXT NOT NULL,          -- its database_identity
  part TEXT NOT NULL,            -- a table; 'total': all totals; '': the whole
  position TEXT NOT NULL,        -- key of the last row copied; of the whole and of totals: what the source held
  copied BIGINT NOT NULL,        -- rows
  finished BIGINT NOT NULL,      -- seconds since 1970-01-01 00:00 UTC; 0: not yet
  PRIMARY KEY (source, part)
);

-- What a front database reads of this one (sql/federation/, docs/scaling.md): each table with the name that the front
-- gives to this group of sensors. It sets the name for its connection; the sub-query is evaluated once a query.

DO $$
DECLARE
  source TEXT;
BEGIN
  FOREACH source IN ARRAY ARRAY['sensor', 'signature', 'host', 'host_name', 'level_1', 'level_1_open', 'level_2',
    'statistic', 'statistic_open', 'rollup', 'rolled_up', 'archived', 'total', 'statistic_total'] LOOP
    EXECUTE format('CREATE VIEW %I AS SELECT (SELECT current_setting(''pastmon.sensor_group'', true)) AS sensor_group, r.* '
                   'FROM %I r', 'group_' || source, source);
  END LOOP;
END
$$;

-- Rows of level 1 that are not in level 2 yet.
CREATE VIEW group_level_1_unarchived AS
SELECT r.* FROM group_level_1 r
 WHERE NOT EXISTS (SELECT 1 FROM archived a WHERE a.bucket = r.bucket AND a.sensor = r.sensor AND a.run = r.run
   AND (a.part = -1 OR a.part = ((r.client & 1073741823) + (r.server & 1073741823)) % 64));

-- First and last bucket of the levels: looks at the ends of their indexes.
CREATE VIEW group_extent AS
SELECT (SELECT current_setting('pastmon.sensor_group', true)) AS sensor_group, e.level, e.first, e.last
  FROM (SELECT 1 AS level, (SELECT MIN(bucket) FROM level_1) AS first, (SELECT MAX(bucket) FROM level_1) AS last
        UNION ALL SELECT 1, (SELECT MIN(bucket) FROM level_1_open), (SELECT MAX(bucket) FROM level_1_open)
        UNION ALL SELECT 2, (SELECT MIN(bucket) FROM level_2), (SELECT MAX(bucket) FROM level_2)) e;
