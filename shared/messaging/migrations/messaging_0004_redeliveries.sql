-- What admins asked to be handled once more, stream by stream; the service does it.
--   reached: streams up to this name, in their order, are done; an interrupted one goes on there
--   withheld: by type, the events that the handler would have appended: none is
--   changed: by table, the rows that differ after a dry run, which is rolled back
CREATE TABLE redeliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL REFERENCES subscriptions,
    stream text,
    from_position bigint NOT NULL,
    to_position bigint NOT NULL,
    dry_run boolean NOT NULL,
    by text NOT NULL,
    why text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'asked'
        CHECK (state IN ('asked', 'running', 'done', 'failed', 'stopped')),
    reached text COLLATE "C" NOT NULL DEFAULT '',
    streams_total integer,
    streams_done integer NOT NULL DEFAULT 0,
    events_done integer NOT NULL DEFAULT 0,
    withheld jsonb NOT NULL DEFAULT '{}',
    changed jsonb,
    error text,
    ended_at timestamptz
);
CREATE INDEX redeliveries_open ON redeliveries (source) WHERE state IN ('asked', 'running');
