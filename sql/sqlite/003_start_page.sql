-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 3 (SQLite): more roll-ups, so that the start page of the last day and short graphs do not
-- read every row. docs/schema.md explains it. Never edit a version that was released: add the next number.

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
       SUM(verdict_loss), SUM(verdict_transactions), X'01'
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
       SUM(verdict_loss), SUM(verdict_transactions), X'01'
  FROM rollup WHERE kind = 2 GROUP BY level, bucket, "interval", sensor, server;

CREATE INDEX rollup_bucket ON rollup (signature, bucket) WHERE kind = 4;
CREATE INDEX rollup_client_alone ON rollup (client, bucket) WHERE kind = 5;
CREATE INDEX rollup_server_alone ON rollup (server, bucket) WHERE kind = 6;

-- The list of the busiest services reads this alone, not the rows, which are ten times as wide.
CREATE INDEX rollup_services ON rollup (level, kind, bucket, signature, server, port, transactions) WHERE kind = 2;

-- Buckets of level 1 whose roll-up (kind 4) is not there, or older than their rows. The version grows with each change.
CREATE TABLE due_bucket (
  bucket INTEGER NOT NULL,
  sensor INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (bucket, sensor)
) WITHOUT ROWID;
INSERT INTO due_bucket (bucket, sensor, version) SELECT DISTINCT bucket, sensor, 1 FROM level_1;
