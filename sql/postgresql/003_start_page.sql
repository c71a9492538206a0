-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 3 (PostgreSQL): more roll-ups, so that the start page of the last day and short graphs do not
-- read every row. docs/schema.md explains it. Never edit a version that was released: add the next number.

SET LOCAL search_path = pastmon, pg_temp;

-- Further kinds of roll-ups:
--   kind 4: rows of one bucket of level 1, by signature; its bucket and interval are those of the rows;
--   kind 5: rows of an hour (day) by client; kind 6: by server; both without what stands in detail.
INSERT INTO rollup (level, kind, bucket, "interval", sensor, signature, client, server, port, first_seen, last_seen,
  transactions, answered, unanswered, refused, aborted, errors, response_time_count, response_time_sum,
  response_time_min, response_time_max, server_time_count, server_time_sum, server_time_min, server_time_max,
  packets_client, packets_server, bytes_client, bytes_server, retransmissions_client, retransmissions_server,
  resets_client, resets_server, ack_gaps_client, ack_gaps_server, verdict_client, verdict_network, verdict_server,
  verdict_transfer, verdict_loss, verdict_transactions, detail)
SELECT level, 5, bucket, "interval", sensor, 0, client, 0, 0,
       MIN(first_seen), MAX(last_seen), SUM(transactions), SUM(answered), SUM(unanswered), SUM(refused), SUM(aborted),
       SUM(errors), SUM(response_time_count), SUM(response_time_sum), MIN(response_time_min), MAX(response_time_max),
       SUM(server_time_count), SUM(server_time_sum), MIN(server_time_min), MAX(server_time_max), SUM(packets_client),
       SUM(packets_server), SUM(bytes_client), SUM(bytes_server), SUM(retransmissions_client),
       SUM(retransmissions_server), SUM(resets_client), SUM(resets_server), SUM(ack_gaps_client),
       SUM(ack_gaps_server), SUM(verdict_client), SUM(verdict_network), SUM(verdict_server), SUM(verdict_transfer),
       SUM(verdict_loss), SUM(verdict_transactions), '\x01'
  FROM rollup WHERE kind = 3 GROUP BY level, bucket, "interval", sensor, client;

INSERT INTO rollup (level, kind, bucket, "interval", sensor, signature, client, server, port, first_seen, last_seen,
  transactions, answered, unanswered, refused, aborted, errors, response_time_count, response_time_sum,
  response_time_min, response_time_max, server_time_count, server_time_sum, server_time_min, server_time_max,
  packets_client, packets_server, bytes_client, bytes_server, retransmissions_client, retransmissions_server,
  resets_client, resets_server, ack_gaps_client, ack_gaps_server, verdict_client, verdict_network, verdict_server,
  verdict_transfer, verdict_loss, verdict_transactions, detail)
SELECT level, 6, bucket, "interval", sensor, 0, 0, server, 0,
       MIN(first_seen), MAX(last_seen), SUM(transactions), SUM(answered), SUM(unanswered), SUM(refused), SUM(aborted),
       SUM(errors), SUM(response_time_count), SUM(response_time_sum), MIN(response_time_min), MAX(response_time_max),
       SUM(server_time_count), SUM(server_time_sum), MIN(server_time_min), MAX(server_time_max), SUM(packets_client),
       SUM(packets_server), SUM(bytes_client), SUM(bytes_server), SUM(retransmissions_client),
       SUM(retransmissions_server), SUM(resets_client), SUM(resets_server), SUM(ack_gaps_client),
       SUM(ack_gaps_server), SUM(verdict_client), SUM(verdict_network), SUM(verdict_server), SUM(verdict_transfer),
       SUM(verdict_loss), SUM(verdict_transactions), '\x01'
  FROM rollup WHERE kind = 2 GROUP BY level, bucket, "interval", sensor, server;

-- A list of the busiest reads the key alone, not the rows, which are five times as wide. That takes a visibility map of
-- the newest rows: the table is vacuumed as it grows.
ALTER TABLE rollup DROP CONSTRAINT rollup_pkey;
ALTER TABLE rollup
  ADD PRIMARY KEY (level, kind, bucket, sensor, signature, client, server, port) INCLUDE (transactions);
ALTER TABLE rollup SET (autovacuum_vacuum_insert_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0);

CREATE INDEX rollup_bucket ON rollup (signature, bucket) WHERE kind = 4;
CREATE INDEX rollup_client_alone ON rollup (client, bucket) WHERE kind = 5;
CREATE INDEX rollup_server_alone ON rollup (server, bucket) WHERE kind = 6;

-- Buckets of level 1 whose roll-up (kind 4) is not there, or older than their rows. The version grows with each change.
CREATE TABLE due_bucket (
  bucket BIGINT NOT NULL,
  sensor BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (bucket, sensor)
);
INSERT INTO due_bucket (bucket, sensor, version) SELECT DISTINCT bucket, sensor, 1 FROM level_1;

-- As in version 2, and of due_bucket too.

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
  DELETE FROM rolled_up WHERE level = 1 AND bucket >= day AND bucket < day + 86400;
  DELETE FROM due_bucket WHERE bucket >= day AND bucket < day + 86400;
  DELETE FROM rollup WHERE level = 1 AND bucket >= day AND bucket < day + 86400;
  RETURN true;
END
$$;

CREATE VIEW group_due_bucket AS
SELECT (SELECT current_setting('pastmon.sensor_group', true)) AS sensor_group, r.* FROM due_bucket r;
