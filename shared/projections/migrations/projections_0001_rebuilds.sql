-- Each rebuild of a read model: who, why, and how it ended; one without an end was cut off.
CREATE TABLE rebuilds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model text NOT NULL,
    action text NOT NULL,
    by text NOT NULL,
    why text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    outcome text,
    details jsonb NOT NULL DEFAULT '{}'
);

-- Up to where a copy of a read model is filled, by the schema that it lies in.
CREATE TABLE rebuild_progress (
    place text NOT NULL,
    model text NOT NULL,
    partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 7),
    "position" bigint NOT NULL CHECK ("position" >= 0),
    PRIMARY KEY (place, model, partition)
);

-- Parked events that a copy passed over: applied to it once the live model has applied them.
CREATE TABLE rebuild_passed_over (
    place text NOT NULL,
    model text NOT NULL,
    partition smallint NOT NULL,
    "position" bigint NOT NULL,
    PRIMARY KEY (place, model, "position")
);

DO $$
BEGIN
    EXECUTE format(
        'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON rebuilds, rebuild_progress, '
        'rebuild_passed_over FROM %I', current_schema()
    );
END
$$;
