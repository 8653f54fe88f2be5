-- The cluster's roles and the application's database; only what is missing. Each role can do what its name says.
\set ON_ERROR_STOP on
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['owner', 'app', 'monitor', 'backup', 'replication', 'admin']) AS name
  WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
SELECT 'CREATE DATABASE app OWNER owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'app') \gexec
SELECT 'REVOKE ALL ON DATABASE app FROM PUBLIC; GRANT CONNECT, TEMPORARY ON DATABASE app TO app; GRANT CONNECT ON DATABASE app TO monitor, backup'
  WHERE has_database_privilege('monitor', 'app', 'TEMPORARY') OR NOT has_database_privilege('backup', 'app', 'CONNECT') \gexec

SELECT 'GRANT pg_monitor TO monitor' WHERE NOT pg_has_role('monitor', 'pg_monitor', 'MEMBER') \gexec
-- Reads everything, and brackets a copy of the files; changes nothing.
SELECT 'GRANT pg_read_all_data, pg_read_all_settings, pg_checkpoint TO backup;
        GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean), pg_backup_stop(boolean), pg_switch_wal(), pg_create_restore_point(text) TO backup'
  WHERE NOT pg_has_role('backup', 'pg_read_all_data', 'MEMBER') \gexec
-- Streams the log, and reads what pg_rewind has to read.
SELECT 'ALTER ROLE replication REPLICATION;
        GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
          pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) TO replication'
  WHERE NOT (SELECT rolreplication FROM pg_roles WHERE rolname = 'replication') \gexec
-- For the data nodes' own scripts, which may find the primary on another node.
SELECT 'ALTER ROLE admin SUPERUSER' WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = 'admin') \gexec
