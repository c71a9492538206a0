-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 1 (SQLite). docs/schema.md explains it. Never edit a version that was released: add the
-- next number.

PRAGMA application_id = 1349735502;  -- 'PsTN': how PasTmon knows its own files

CREATE TABLE schema_version (
  version INTEGER NOT NULL PRIMARY KEY,
  applied INTEGER NOT NULL      -- seconds since 1970-01-01 00:00 UTC
);

-- What the ids stand for. An id is a 64-bit hash (XXH3) of what it names, so that every sensor computes the same one.

CREATE TABLE sensor (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
);

CREATE TABLE signature (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
);

CREATE TABLE host (
  id INTEGER NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,      -- 192.0.2.1 or 2001:db8::1
  name TEXT NOT NULL DEFAULT '',
  name_source TEXT NOT NULL DEFAULT '',   -- 'dns', 'sni', 'quic', 'http', 'dhcp': seen there; 'ptr': asked
  name_seen INTEGER NOT NULL DEFAULT 0
);

-- Batches that are in the tables below: one is never applied twice.

CREATE TABLE applied_batch (
  sensor INTEGER NOT NULL,
  run INTEGER NOT NULL,
  number INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  PRIMARY KEY (sensor, run, number)
) WITHOUT ROWID;

-- The program's own figures.

CREATE TABLE statistic (
  bucket INTEGER NOT NULL,
  sensor INTEGER NOT NULL,
  run INTEGER NOT NULL,
  name TEXT NOT NULL,
  interface TEXT NOT NULL,    -- '' where it does not concern one
  "count" INTEGER NOT NULL,
  "sum" INTEGER NOT NULL,
  "min" INTEGER,
  "max" INTEGER,
  PRIMARY KEY (bucket, sensor, run, name, interface)
) WITHOUT ROWID;

-- ... of buckets that are still open.
CREATE TABLE statistic_open (
  bucket INTEGER NOT NULL,
  sensor INTEGER NOT NULL,
  run INTEGER NOT NULL,
  name TEXT NOT NULL,
  interface TEXT NOT NULL,    -- '' where it does not concern one
  "count" INTEGER NOT NULL,
  "sum" INTEGER NOT NULL,
  "min" INTEGER,
  "max" INTEGER,
  PRIMARY KEY (bucket, sensor, run, name, interface)
) WITHOUT ROWID;

-- Level 1: one row a bucket, sensor, run, signature, client, server and port. Closed: never changed again.
-- Minimum and maximum are NULL when the count is 0. Durations are microseconds.

CREATE TABLE level_1 (
  bucket INTEGER NOT NULL,        -- its start, seconds since 1970-01-01 00:00 UTC
  "interval" INTEGER NOT NULL,   -- its length in seconds; 0: a whole capture
  sensor INTEGER NOT NULL,        -- sensor.id
  run INTEGER NOT NULL,           -- one start of the sensor's process
  signature INTEGER NOT NULL,     -- signature.id
  client INTEGER NOT NULL,        -- host.id
  server INTEGER NOT NULL,        -- host.id
  port INTEGER NOT NULL,         -- of the server; 0: none
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
  PRIMARY KEY (bucket, sensor, run, signature, client, server, port)
) WITHOUT ROWID;

CREATE INDEX level_1_client ON level_1 (client, bucket);
CREATE INDEX level_1_server ON level_1 (server, bucket);

-- The same rows of buckets that are still open: replaced every ten seconds, removed when the bucket closes.

CREATE TABLE level_1_open (
  bucket INTEGER NOT NULL,        -- its start, seconds since 1970-01-01 00:00 UTC
  "interval" INTEGER NOT NULL,   -- its length in seconds; 0: a whole capture
  sensor INTEGER NOT NULL,        -- sensor.id
  run INTEGER NOT NULL,           -- one start of the sensor's process
  signature INTEGER NOT NULL,     -- signature.id
  client INTEGER NOT NULL,        -- host.id
  server INTEGER NOT NULL,        -- host.id
  port INTEGER NOT NULL,         -- of the server; 0: none
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
  PRIMARY KEY (bucket, sensor, run, signature, client, server, port)
) WITHOUT ROWID;

-- Level 2: old rows of level 1, added up over longer intervals.

CREATE TABLE level_2 (
  bucket INTEGER NOT NULL,        -- its start, seconds since 1970-01-01 00:00 UTC
  "interval" INTEGER NOT NULL,   -- its length in seconds; 0: a whole capture
  sensor INTEGER NOT NULL,        -- sensor.id
  run INTEGER NOT NULL,           -- one start of the sensor's process
  signature INTEGER NOT NULL,     -- signature.id
  client INTEGER NOT NULL,        -- host.id
  server INTEGER NOT NULL,        -- host.id
  port INTEGER NOT NULL,         -- of the server; 0: none
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
  PRIMARY KEY (bucket, "interval", sensor, run, signature, client, server, port)
) WITHOUT ROWID;

CREATE INDEX level_2_client ON level_2 (client, bucket);
CREATE INDEX level_2_server ON level_2 (server, bucket);

-- For people: everything by name.

CREATE VIEW level_1_by_name AS
SELECT datetime(r.bucket, 'unixepoch') AS "time", r.bucket, r."interval", sensor.name AS sensor, signature.name AS signature,
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
SELECT datetime(r.bucket, 'unixepoch') AS "time", r.bucket, r."interval", sensor.name AS sensor, signature.name AS signature,
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
