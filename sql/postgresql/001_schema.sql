-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 1 (PostgreSQL). docs/schema.md explains it. Never edit a version that was released: add the
-- next number.
-- Everything lives in the schema "pastmon".

CREATE SCHEMA IF NOT EXISTS pastmon;
SET LOCAL search_path = pastmon, pg_temp;

CREATE TABLE schema_version (
  version INTEGER NOT NULL PRIMARY KEY,
  applied BIGINT NOT NULL      -- seconds since 1970-01-01 00:00 UTC
);

-- What the ids stand for. An id is a 64-bit hash (XXH3) of what it names, so that every sensor computes the same one.

CREATE TABLE sensor (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
);

CREATE TABLE signature (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
);

CREATE TABLE host (
  id BIGINT NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,      -- 192.0.2.1 or 2001:db8::1
  name TEXT NOT NULL DEFAULT '',
  name_source TEXT NOT NULL DEFAULT '',   -- 'dns', 'sni', 'quic', 'http', 'dhcp': seen there; 'ptr': asked
  name_seen BIGINT NOT NULL DEFAULT 0
);

-- Batches that are in the tables below: one is never applied twice.

CREATE TABLE applied_batch (
  sensor BIGINT NOT NULL,
  run BIGINT NOT NULL,
  number BIGINT NOT NULL,
  applied BIGINT NOT NULL,
  PRIMARY KEY (sensor, run, number)
);

-- The program's own figures.

CREATE TABLE statistic (
  bucket BIGINT NOT NULL,
  sensor BIGINT NOT NULL,
  run BIGINT NOT NULL,
  name TEXT NOT NULL,
  interface TEXT NOT NULL,    -- '' where it does not concern one
  "count" BIGINT NOT NULL,
  "sum" BIGINT NOT NULL,
  "min" BIGINT,
  "max" BIGINT,
  PRIMARY KEY (bucket, sensor, run, name, interface)
);

-- ... of buckets that are still open.
CREATE UNLOGGED TABLE statistic_open (
  bucket BIGINT NOT NULL,
  sensor BIGINT NOT NULL,
  run BIGINT NOT NULL,
  name TEXT NOT NULL,
  interface TEXT NOT NULL,    -- '' where it does not concern one
  "count" BIGINT NOT NULL,
  "sum" BIGINT NOT NULL,
  "min" BIGINT,
  "max" BIGINT,
  PRIMARY KEY (bucket, sensor, run, name, interface)
);

-- Level 1: one row a bucket, sensor, run, signature, client, server and port. Closed: never changed again.
-- Minimum and maximum are NULL when the count is 0. Durations are microseconds.
-- One partition a UTC day, made by make_level_1_day(); old days are dropped as a whole. There is no default partition.

CREATE TABLE level_1 (
  bucket BIGINT NOT NULL,        -- its start, seconds since 1970-01-01 00:00 UTC
  "interval" INTEGER NOT NULL,   -- its length in seconds; 0: a whole capture
  sensor BIGINT NOT NULL,        -- sensor.id
  run BIGINT NOT NULL,           -- one start of the sensor's process
  signature BIGINT NOT NULL,     -- signature.id
  client BIGINT NOT NULL,        -- host.id
  server BIGINT NOT NULL,        -- host.id
  port INTEGER NOT NULL,         -- of the server; 0: none
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
  PRIMARY KEY (bucket, sensor, run, signature, client, server, port)
) PARTITION BY RANGE (bucket);

CREATE INDEX level_1_client ON level_1 (client, bucket);
CREATE INDEX level_1_server ON level_1 (server, bucket);

-- The same rows of buckets that are still open: replaced every ten seconds, removed when the bucket closes.

CREATE UNLOGGED TABLE level_1_open (
  bucket BIGINT NOT NULL,        -- its start, seconds since 1970-01-01 00:00 UTC
  "interval" INTEGER NOT NULL,   -- its length in seconds; 0: a whole capture
  sensor BIGINT NOT NULL,        -- sensor.id
  run BIGINT NOT NULL,           -- one start of the sensor's process
  signature BIGINT NOT NULL,     -- signature.id
  client BIGINT NOT NULL,        -- host.id
  server BIGINT NOT NULL,        -- host.id
  port INTEGER NOT NULL,         -- of the server; 0: none
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
  PRIMARY KEY (bucket, sensor, run, signature, client, server, port)
);

-- Level 2: old rows of level 1, added up over longer intervals.

CREATE TABLE level_2 (
  bucket BIGINT NOT NULL,        -- its start, seconds since 1970-01-01 00:00 UTC
  "interval" INTEGER NOT NULL,   -- its length in seconds; 0: a whole capture
  sensor BIGINT NOT NULL,        -- sensor.id
  run BIGINT NOT NULL,           -- one start of the sensor's process
  signature BIGINT NOT NULL,     -- signature.id
  client BIGINT NOT NULL,        -- host.id
  server BIGINT NOT NULL,        -- host.id
  port INTEGER NOT NULL,         -- of the server; 0: none
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
  PRIMARY KEY (bucket, "interval", sensor, run, signature, client, server, port)
);

CREATE INDEX level_2_client ON level_2 (client, bucket);
CREATE INDEX level_2_server ON level_2 (server, bucket);

-- Makes the partition of one day (its start, seconds since the epoch). Runs with its owner's rights, so that a writer
-- needs none to make tables. Attaching an empty table lets readers go on.

CREATE FUNCTION make_level_1_day(day BIGINT) RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pastmon, pg_temp AS $$
DECLARE
  partition_name TEXT := 'level_1_' || to_char(to_timestamp(day) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
  IF day < 0 OR day >= 253402300800 OR day % 86400 <> 0 THEN
    RAISE EXCEPTION 'not a day between 1970 and 9999: %', day;
  END IF;
  IF to_regclass(partition_name) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(1349735502, 2);
  IF to_regclass(partition_name) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE level_1 INCLUDING ALL)', partition_name);
  EXECUTE format('ALTER TABLE level_1 ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', partition_name, day, day + 86400);
END
$$;

-- For people: everything by name.

CREATE VIEW level_1_by_name AS
SELECT to_timestamp(r.bucket) AS "time", r.bucket, r."interval", sensor.name AS sensor, signature.name AS signature,
       client.address AS client, client.name AS client_name, server.address AS server, server.name AS server_name,
       r.port, r.first_seen, r.last_seen,
        r.transactions, r.answered, r.unanswered, r.refused, r.aborted, r.errors, r.response_time_count,
        r.response_time_sum, r.response_time_min, r.response_time_max, r.server_time_count, r.server_time_sum,
        r.server_time_min, r.server_time_max, r.packets_client, r.packets_server, r.bytes_client, r.bytes_server,
        r.retransmissions_client, r.retransmissions_server, r.resets_client, r.resets_server, r.ack_gaps_client,
        r.ack_gaps_server, r.verdict_client, r.verdict_network, r.verdict_server, r.verdict_transfer,
        r.verdict_loss, r.verdict_transactions
  FROM (SELECT * FROM level_1 UNION ALL SELECT * FROM level_1_open) r
  LEFT JOIN sensor ON sensor.id = r.sensor
  LEFT JOIN signature ON signature.id = r.signature
  LEFT JOIN host AS client ON client.id = r.client
  LEFT JOIN host AS server ON server.id = r.server;

CREATE VIEW level_2_by_name AS
SELECT to_timestamp(r.bucket) AS "time", r.bucket, r."interval", sensor.name AS sensor, signature.name AS signature,
       client.address AS client, client.name AS client_name, server.address AS server, server.name AS server_name,
       r.port, r.first_seen, r.last_seen,
        r.transactions, r.answered, r.unanswered, r.refused, r.aborted, r.errors, r.response_time_count,
        r.response_time_sum, r.response_time_min, r.response_time_max, r.server_time_count, r.server_time_sum,
        r.server_time_min, r.server_time_max, r.packets_client, r.packets_server, r.bytes_client, r.bytes_server,
        r.retransmissions_client, r.retransmissions_server, r.resets_client, r.resets_server, r.ack_gaps_client,
        r.ack_gaps_server, r.verdict_client, r.verdict_network, r.verdict_server, r.verdict_transfer,
        r.verdict_loss, r.verdict_transactions
  FROM level_2 r
  LEFT JOIN sensor ON sensor.id = r.sensor
  LEFT JOIN signature ON signature.id = r.signature
  LEFT JOIN host AS client ON client.id = r.client
  LEFT JOIN host AS server ON server.id = r.server;
