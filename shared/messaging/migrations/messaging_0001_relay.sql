-- How far the relay has published each partition; written only on the session that leads.
CREATE TABLE relay_checkpoints (
    partition smallint PRIMARY KEY CHECK (partition BETWEEN 0 AND 7),
    position bigint NOT NULL CHECK (position >= 0),
    digest bytea NOT NULL
);

-- Who leads, and since when it was last seen at work: a leader that is frozen keeps its session.
CREATE TABLE relay_leases (
    relay_group text PRIMARY KEY,
    backend_pid integer NOT NULL,
    renewed_at timestamptz NOT NULL
);
