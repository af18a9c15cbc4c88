-- The two roles of the application (README, Two database roles). Run by a superuser inside the application's database,
-- as often as you like: majorops_owner owns the schema and migrates, majorops_app owns nothing and does the daily work.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'majorops_owner') THEN
        CREATE ROLE majorops_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'majorops_app') THEN
        CREATE ROLE majorops_app LOGIN;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO majorops_owner', current_database());
END
$$;
-- With one address for both, a process logs in as the owner and becomes the application.
GRANT majorops_app TO majorops_owner;
GRANT USAGE ON SCHEMA public TO majorops_app;
ALTER DEFAULT PRIVILEGES FOR ROLE majorops_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO majorops_app;
ALTER DEFAULT PRIVILEGES FOR ROLE majorops_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO majorops_app;
