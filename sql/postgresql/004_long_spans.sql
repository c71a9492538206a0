-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 4 (PostgreSQL): longer roll-ups of level 1, so that lists over days and weeks read fewer rows.
-- docs/schema.md explains it. Never edit a version that was released: add the next number.

-- rollup.level and rolled_up.level now are a tier: 1 an hour of level 1, 2 a day of level 2, 3 a quarter of a day of
-- level 1, 4 a day of level 1; those two are made of its hours, without kind 3, and kind 2 of quarters without detail.
INSERT INTO rolled_up (level, bucket, sensor, ready, version)
SELECT DISTINCT 3, bucket - bucket % 21600, sensor, 0, 1 FROM rolled_up WHERE level = 1;
INSERT INTO rolled_up (level, bucket, sensor, ready, version)
SELECT DISTINCT 4, bucket - bucket % 86400, sensor, 0, 1 FROM rolled_up WHERE level = 1;

-- What leads to the rows of a few signatures, servers or clients leads to those of one tier.
DROP INDEX rollup_signature;
CREATE INDEX rollup_signature ON rollup (signature, level, bucket) WHERE kind = 1;
DROP INDEX rollup_server;
CREATE INDEX rollup_server ON rollup (server, signature, level, bucket) WHERE kind = 2;
DROP INDEX rollup_client;
CREATE INDEX rollup_client ON rollup (client, level, bucket, signature) WHERE kind = 3;
DROP INDEX rollup_client_alone;
CREATE INDEX rollup_client_alone ON rollup (client, level, bucket) WHERE kind = 5;
DROP INDEX rollup_server_alone;
CREATE INDEX rollup_server_alone ON rollup (server, level, bucket) WHERE kind = 6;

-- Hours of level 1 have details of kind 6, too: they are made anew.
UPDATE rolled_up SET ready = 0, version = version + 1 WHERE level = 1;

-- As in version 3, and of the longer roll-ups too.

CREATE OR REPLACE FUNCTION drop_level_1_day(day BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql SECURITY DEFINER
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
  DELETE FROM rolled_up WHERE level IN (1, 3, 4) AND bucket >= day AND bucket < day + 86400;
  DELETE FROM due_bucket WHERE bucket >= day AND bucket < day + 86400;
  DELETE FROM rollup WHERE level IN (1, 3, 4) AND bucket >= day AND bucket < day + 86400;
  RETURN true;
END
$$;
