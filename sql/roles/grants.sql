-- SPDX-License-Identifier: MIT
-- What the two roles may do (PostgreSQL). pastmon-admin runs it after each creation and upgrade, as the owner of the
-- schema "pastmon"; the settings pastmon.writer and pastmon.reader name the roles. It may run as often as one likes.
-- docs/database.md says it in words.

DO $$
DECLARE
  writer TEXT := current_setting('pastmon.writer');
  reader TEXT := current_setting('pastmon.reader');
  routine RECORD;
  table_name TEXT;
BEGIN
  -- The figures: what is there, and what later versions and make_level_1_day() will make as this owner.
  EXECUTE format('GRANT USAGE ON SCHEMA pastmon TO %I, %I', writer, reader);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA pastmon TO %I', reader);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pastmon TO %I', writer);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA pastmon GRANT SELECT ON TABLES TO %I', reader);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA pastmon GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', writer);
  IF writer <> current_user THEN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON pastmon.schema_version FROM %I', writer);
  END IF;

  -- Functions that run with their owner's rights make and drop partitions: for the writer only.
  FOR routine IN SELECT oid::regprocedure AS name, prosecdef AS with_owners_rights
                   FROM pg_proc WHERE pronamespace = 'pastmon'::regnamespace LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', routine.name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', routine.name, writer);
    IF NOT routine.with_owners_rights THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', routine.name, reader);
    END IF;
  END LOOP;

  -- What the web server keeps itself. The writer has no business there.
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA web TO %I', reader);
  -- Tables that the reader made are its own already, and not ours to give.
  FOR table_name IN SELECT c.oid::regclass FROM pg_class c
                     WHERE c.relnamespace = 'web'::regnamespace AND c.relkind = 'r' AND pg_has_role(c.relowner, 'USAGE') LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', table_name, reader);
  END LOOP;
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA web GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', reader);
END
$$;
