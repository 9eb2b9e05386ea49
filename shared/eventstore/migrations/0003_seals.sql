-- Signed digests of the log, one a day at most, each including the one before it. What was sealed
-- and signed cannot be rewritten unseen, not even by whoever owns the database.
CREATE TABLE seals (
    number int PRIMARY KEY CHECK (number > 0),
    day date NOT NULL,
    document jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CALL make_append_only('seals');

-- Sealing is an admin's act, done with the owner's role.
DO $$
BEGIN
    EXECUTE format('REVOKE INSERT ON seals FROM %I', current_schema());
END
$$;
