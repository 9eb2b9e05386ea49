-- One row a person: the key that their private data is encrypted under, wrapped by the master
-- key, or nothing but the moment of their erasure. One row, not two tables, so that making a
-- key and erasing a person cannot pass each other unseen.
CREATE TABLE subjects (
    subject uuid PRIMARY KEY,
    wrapped_key bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at timestamptz,
    CHECK ((wrapped_key IS NULL) = (erased_at IS NOT NULL))
);

CREATE INDEX subjects_erased ON subjects (erased_at) WHERE erased_at IS NOT NULL;

-- The key of the blind indexes, wrapped by the master key: a wrong master cannot unwrap it.
CREATE TABLE index_key (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    wrapped_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Erasure is final: no key ever comes back for an erased person, not even by hand.
CREATE FUNCTION refuse_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL) THEN
        RAISE EXCEPTION 'subjects: an erased person stays erased' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER erased_stays_erased BEFORE UPDATE OR DELETE ON subjects
FOR EACH ROW EXECUTE FUNCTION refuse_return();

DO $$
BEGIN
    EXECUTE format('REVOKE DELETE, TRUNCATE ON subjects FROM %I', current_schema());
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON index_key FROM %I', current_schema());
END
$$;
