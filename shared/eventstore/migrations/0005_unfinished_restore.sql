-- There from before a restore replaces anything until all of it is done: nobody goes on from the
-- half of one. Only whoever restores writes it; backups leave it out.
CREATE TABLE unfinished_restore (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    began_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

DO $$
BEGIN
    EXECUTE format(
        'REVOKE INSERT, UPDATE, DELETE ON unfinished_restore FROM %I', current_schema()
    );
END
$$;
