-- A dated stage is planned when it falls due, no longer with its cause.
--   next_at: when the next stage is to be planned; next_lane: the lane of its alerts
--   because: metadata of the event that made the cause what it is
-- Each cause is looked at once after this: what was planned ahead for it stays as it is.
ALTER TABLE causes
    ADD COLUMN next_at timestamptz,
    ADD COLUMN next_lane text,
    ADD COLUMN because jsonb NOT NULL DEFAULT '{}';
UPDATE causes SET next_at = now(), next_lane = 'ordinary' WHERE open;
CREATE INDEX causes_next ON causes (next_at) WHERE next_at IS NOT NULL;
