-- Starts of a consumer since the partition last went on: whoever dies of an event stands still in
-- its partition, while others flow on. Not in checkpoints, whose rows the handling transactions
-- lock. The one count for all (subscriptions.attempts) stays for the release before, which may run
-- beside this one during an upgrade.
CREATE TABLE starts (
    source text NOT NULL REFERENCES subscriptions,
    partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 7),
    count integer NOT NULL,
    PRIMARY KEY (source, partition)
);
