-- SPDX-License-Identifier: MIT
-- PasTmon's schema, version 4 (SQLite): longer roll-ups of level 1, so that lists over days and weeks read fewer rows.
-- docs/schema.md explains it. Never edit a version that was released: add the next number.

-- rollup.level and rolled_up.level now are a tier: 1 an hour of level 1, 2 a day of level 2, 3 a quarter of a day of
-- level 1 (made of its hours), 4 a day of level 1 (made of its quarters).
INSERT INTO rolled_up (level, bucket, sensor, ready, version)
SELECT DISTINCT 3, bucket - bucket % 21600, sensor, 0, 1 FROM rolled_up WHERE level = 1;
INSERT INTO rolled_up (level, bucket, sensor, ready, version)
SELECT DISTINCT 4, bucket - bucket % 86400, sensor, 0, 1 FROM rolled_up WHERE level = 1;
