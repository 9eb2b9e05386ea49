-- How far this service is behind each source, by the source's own word, asked every few seconds.
-- Not in checkpoints, whose rows the handling transactions lock.
CREATE TABLE source_lags (
    source text NOT NULL REFERENCES subscriptions,
    partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 7),
    events bigint NOT NULL,
    oldest_at timestamptz,
    measured_at timestamptz NOT NULL,
    PRIMARY KEY (source, partition)
);
