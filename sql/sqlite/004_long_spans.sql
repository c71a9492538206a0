-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 4 (SQLite): longer roll-ups of level 1, so that lists over days and weeks read fewer rows.
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
