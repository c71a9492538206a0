-- SPDX-License-Identifier: MIT
-- Turns a database whose tables are empty into a front: one that holds no rows and shows those of other databases, one
-- for each group of sensors. Runs after the numbered files, as the owner of the schema; docs/scaling.md explains it.
--
-- Each view group_X of the schema (what a group's database shows to a front: table X, and the name of the group) becomes
-- a table partitioned by that name; group.sql makes the partitions. What is the same thing in every group, a host or a
-- signature, is shown once.

DO $$
DECLARE
  relation TEXT;
  definition TEXT;
  shared CONSTANT TEXT[] := ARRAY['sensor', 'signature', 'host', 'host_name'];
BEGIN
  IF to_regclass('pastmon.federation_group') IS NOT NULL THEN
    RETURN;
  END IF;
  ALTER SCHEMA pastmon RENAME TO pastmon_plain;
  CREATE SCHEMA pastmon;
  SET LOCAL search_path = pastmon, pg_temp;
  CREATE TABLE pastmon.schema_version (LIKE pastmon_plain.schema_version INCLUDING ALL);
  INSERT INTO pastmon.schema_version SELECT * FROM pastmon_plain.schema_version;
  CREATE TABLE pastmon.federation_group (
    name TEXT NOT NULL PRIMARY KEY,   -- of a group of sensors
    database TEXT NOT NULL            -- host and name of its database, for people
  );

  -- A view X over the table where rows have to be made one, else the table bears the name itself.
  FOR relation IN SELECT substr(viewname, 7) FROM pg_views WHERE schemaname = 'pastmon_plain' AND viewname LIKE 'group\_%' LOOP
    EXECUTE format('CREATE TABLE pastmon.%I (LIKE pastmon_plain.%I) PARTITION BY LIST (sensor_group)',
                   CASE WHEN relation = ANY (shared || '{extent}') THEN 'group_' || relation ELSE relation END,
                   'group_' || relation);
  END LOOP;
  CREATE VIEW pastmon.sensor AS SELECT DISTINCT ON (id) id, name, identity FROM group_sensor ORDER BY id, sensor_group;
  CREATE VIEW pastmon.signature AS SELECT DISTINCT ON (id) id, name FROM group_signature ORDER BY id, sensor_group;
  CREATE VIEW pastmon.host AS SELECT DISTINCT ON (id) id, address, name, name_source, name_seen
    FROM group_host ORDER BY id, name_seen DESC, name DESC, sensor_group;
  CREATE VIEW pastmon.host_name AS SELECT DISTINCT ON (host, name) host, name, source, seen
    FROM group_host_name ORDER BY host, name, seen DESC, sensor_group;

  -- The views for people, over the tables made above.
  FOR relation IN SELECT viewname FROM pg_views WHERE schemaname = 'pastmon_plain' AND viewname NOT LIKE 'group\_%' LOOP
    PERFORM set_config('search_path', 'pastmon_plain', true);
    definition := pg_get_viewdef(format('pastmon_plain.%I', relation)::regclass);
    PERFORM set_config('search_path', 'pastmon, pg_temp', true);
    EXECUTE format('CREATE VIEW pastmon.%I AS %s', relation, definition);
  END LOOP;
  DROP SCHEMA pastmon_plain CASCADE;
END
$$;
