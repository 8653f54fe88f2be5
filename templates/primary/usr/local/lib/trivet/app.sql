-- In the application's database: the owner makes the tables, the application reads and writes them.
\set ON_ERROR_STOP on
SELECT 'ALTER SCHEMA public OWNER TO owner; GRANT USAGE ON SCHEMA public TO app;
        ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
        ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT USAGE, SELECT ON SEQUENCES TO app'
  WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND nspowner = 'owner'::regrole) \gexec
