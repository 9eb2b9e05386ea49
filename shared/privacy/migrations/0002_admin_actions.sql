-- What admins did to the whole system, recorded before it starts. It lies here, with what belongs
-- to no single service: restoring a service must not take away the record of the restore.
CREATE TABLE admin_actions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action text NOT NULL,
    by text NOT NULL CHECK (by <> ''),
    why text NOT NULL CHECK (why <> ''),
    details jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('done', 'failed')),
    result jsonb,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);

-- Only the end is added later, and once.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' OR OLD.ended_at IS NOT NULL
        OR (OLD.action, OLD."by", OLD.why, OLD.details, OLD.started_at)
           IS DISTINCT FROM (NEW.action, NEW."by", NEW.why, NEW.details, NEW.started_at)
    THEN
        RAISE EXCEPTION 'admin_actions: what was recorded stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER recorded_stays BEFORE UPDATE OR DELETE ON admin_actions
FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

DO $$
BEGIN
    EXECUTE format('REVOKE DELETE, TRUNCATE ON admin_actions FROM %I', current_schema());
END
$$;
