-- One event to one stream, the usual append, gets a way in of its own: typed parameters instead of
-- JSON to be taken apart, and two statements (four with a command id). What is stored is the same.

-- STABLE, as convert_to is: promising more forbade inlining, which cost each append a call.
CREATE OR REPLACE FUNCTION partition_of(stream text) RETURNS smallint
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (get_byte(sha256(convert_to(stream, 'UTF8')), 0) & 7)::smallint;

-- The same bytes as before, joined by one function instead of two dozen: each function called in
-- an expression is looked up and prepared anew at each append.
CREATE OR REPLACE FUNCTION event_digest(
    previous bytea, partition smallint, "position" bigint, stream text, version int, type text,
    schema int, subject uuid, occurred_at timestamptz, recorded_at timestamptz, data jsonb,
    metadata jsonb, private bytea
) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(
    previous
    || convert_to(
        concat_ws(
            E'\n', partition, "position", stream, version, type, schema,
            coalesce(subject::text, '-'),
            trunc(extract(epoch FROM occurred_at) * 1000000),
            trunc(extract(epoch FROM recorded_at) * 1000000),
            data, metadata, CASE WHEN private IS NULL THEN E'-\n' ELSE E'private\n' END
        ),
        'UTF8'
    )
    || coalesce(private, ''::bytea)
);

-- As append() does for one event, or nothing: version is NULL when the stream is not as expected or
-- the command is known. The caller then asks append(), which says why. ``expected`` as there.
CREATE FUNCTION append_one(
    stream text, expected int, type text, schema int, data jsonb, metadata jsonb, private bytea,
    subject uuid, occurred_at timestamptz, command_id uuid, body_digest bytea,
    OUT version int, OUT "position" bigint, OUT partition smallint, OUT digest bytea,
    OUT recorded_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_variable
DECLARE
    begun timestamptz;
BEGIN
    IF octet_length(stream) NOT BETWEEN 1 AND 200 OR octet_length(type) NOT BETWEEN 1 AND 100
        OR strpos(stream || type, E'\n') > 0 OR schema < 1
        OR (private IS NOT NULL AND subject IS NULL)
    THEN
        RAISE EXCEPTION 'event: not one, or stream: not a name' USING ERRCODE = 'check_violation';
    END IF;

    -- The same lock as append() takes, before the position is drawn. Conditions that hold no query
    -- are evaluated in place: neither this nor those below costs a statement.
    partition := partition_of(stream);
    IF pg_advisory_xact_lock('events'::regclass::oid::bigint << 8 | partition) IS NULL THEN
        RETURN;
    END IF;
    IF command_id IS NOT NULL THEN
        IF EXISTS (SELECT FROM commands c WHERE c.command = command_id) THEN
            RETURN;
        END IF;
    END IF;

    -- Drawn before it is known whether the stream is as expected: a conflict leaves a hole, as a
    -- rollback does. Reading the head first would be a statement more for each append.
    begun := clock_timestamp();
    "position" := nextval('events_position_seq');
    IF expected <> 0 THEN
        UPDATE streams s SET
            version = s.version + 1, "position" = append_one."position",
            recorded_at = greatest(begun, s.recorded_at),
            digest = event_digest(
                s.digest, partition, append_one."position", s.stream, s.version + 1, type, schema,
                subject, occurred_at, greatest(begun, s.recorded_at), data, metadata, private
            )
        WHERE s.stream = append_one.stream AND (s.version = expected OR expected < 0)
        RETURNING s.version, s.digest, s.recorded_at INTO version, digest, recorded_at;
    END IF;
    IF version IS NULL AND expected IN (0, -1) THEN
        recorded_at := begun;
        digest := event_digest(
            ''::bytea, partition, "position", stream, 1, type, schema, subject, occurred_at,
            recorded_at, data, metadata, private
        );
        INSERT INTO streams AS s
        VALUES (stream, partition, 1, "position", digest, recorded_at, recorded_at)
        ON CONFLICT DO NOTHING
        RETURNING s.version INTO version;
    END IF;
    IF version IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO events (
        "position", stream, version, type, schema, data, private, subject, metadata, occurred_at,
        recorded_at, partition, digest
    ) VALUES (
        "position", stream, version, type, schema, data, private, subject, metadata, occurred_at,
        recorded_at, partition, digest
    );
    IF command_id IS NOT NULL THEN
        INSERT INTO commands VALUES (command_id, body_digest, ARRAY["position"], recorded_at);
    END IF;
END
$$;

DO $$
DECLARE
    way_in CONSTANT regprocedure := (
        SELECT oid FROM pg_proc
        WHERE proname = 'append_one' AND pronamespace = current_schema()::regnamespace
    );
BEGIN
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', way_in);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', way_in, current_schema());
END
$$;
