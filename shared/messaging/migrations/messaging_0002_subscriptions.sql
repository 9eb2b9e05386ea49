-- One row for each source that this service reads.
--   attempts: batches begun since the last one that went through, counted before the handler runs
--   state: running; paused (most events fail, tried again at intervals); stopped (the source's log
--   is not the one that was read before: an admin decides)
CREATE TABLE subscriptions (
    source text PRIMARY KEY,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'stopped')),
    reason text,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts integer NOT NULL DEFAULT 0,
    parked_count integer NOT NULL DEFAULT 0,
    refused_count bigint NOT NULL DEFAULT 0,
    last_seen_at timestamptz
);

-- The last event handled of each partition; without an incarnation: takes the log as it is.
CREATE TABLE checkpoints (
    source text NOT NULL REFERENCES subscriptions,
    partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 7),
    incarnation uuid,
    position bigint NOT NULL CHECK (position >= 0),
    digest bytea NOT NULL,
    PRIMARY KEY (source, partition)
);

-- Deaths and failures of single events that are tried alone.
CREATE TABLE attempts (
    source text NOT NULL REFERENCES subscriptions,
    partition smallint NOT NULL,
    position bigint NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (source, partition, position)
);

-- Events set aside, with all later ones of their stream; the first of a stream is the culprit.
-- The envelope is as it came: what identifies a person stays encrypted.
CREATE TABLE parked_events (
    source text NOT NULL REFERENCES subscriptions,
    stream text NOT NULL,
    partition smallint NOT NULL,
    position bigint NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    envelope jsonb NOT NULL,
    error jsonb,
    attempts integer NOT NULL DEFAULT 0,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    retry_asked_by text,
    PRIMARY KEY (source, partition, position)
);
CREATE INDEX parked_events_stream ON parked_events (source, stream, position);

-- What became of parked events, and each admin's action: who, when, why.
CREATE TABLE messaging_actions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    source text NOT NULL,
    action text NOT NULL,
    by text NOT NULL,
    why text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
