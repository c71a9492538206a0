-- SPDX-License-Identifier: MIT
-- Attaches the database of one group of sensors to a front: a foreign table for each partitioned table. The setting
-- pastmon.sensor_group names the group; its server has been made by pastmon-admin.

DO $$
DECLARE
  sensor_group TEXT := current_setting('pastmon.sensor_group');
  parent TEXT;
BEGIN
  -- The version that the group's database has, whichever it is.
  EXECUTE format('CREATE FOREIGN TABLE pastmon.%I (version INTEGER) SERVER %I OPTIONS (schema_name ''pastmon'', '
                 'table_name ''schema_version'')', 'schema_version@' || sensor_group, 'pastmon_' || sensor_group);
  FOR parent IN SELECT c.relname FROM pg_class c JOIN pg_partitioned_table p ON p.partrelid = c.oid
                 WHERE c.relnamespace = 'pastmon'::regnamespace LOOP
    EXECUTE format('CREATE FOREIGN TABLE pastmon.%I PARTITION OF pastmon.%I FOR VALUES IN (%L) SERVER %I '
                   'OPTIONS (schema_name ''pastmon'', table_name %L)',
                   parent || '@' || sensor_group, parent, sensor_group, 'pastmon_' || sensor_group,
                   CASE WHEN parent LIKE 'group\_%' THEN parent ELSE 'group_' || parent END);
  END LOOP;
END
$$;
