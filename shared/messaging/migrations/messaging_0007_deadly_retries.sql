-- Retries of a parked event that began and did not end: whoever dies of one leaves it counted.
ALTER TABLE parked_events ADD COLUMN retries_begun integer NOT NULL DEFAULT 0;

-- Starts of a consumer since a redelivery that runs last went on. Not in redeliveries, whose row is
-- locked by whoever delivers, nor bound to it.
CREATE TABLE redelivery_starts (
    redelivery bigint PRIMARY KEY,
    count integer NOT NULL
);
