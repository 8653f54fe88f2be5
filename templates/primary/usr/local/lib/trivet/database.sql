-- The cluster's roles and the application's database; only what is missing.
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'owner') \gexec
SELECT 'CREATE ROLE app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \gexec
SELECT 'CREATE ROLE monitor LOGIN IN ROLE pg_monitor' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'monitor') \gexec
SELECT 'CREATE ROLE repmgr LOGIN SUPERUSER REPLICATION' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'repmgr') \gexec
SELECT 'CREATE DATABASE repmgr OWNER repmgr' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'repmgr') \gexec
SELECT 'CREATE DATABASE app OWNER owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'app') \gexec
SELECT 'REVOKE ALL ON DATABASE app FROM PUBLIC; GRANT CONNECT, TEMPORARY ON DATABASE app TO app; GRANT CONNECT ON DATABASE app TO monitor'
  WHERE has_database_privilege('monitor', 'app', 'TEMPORARY') \gexec
