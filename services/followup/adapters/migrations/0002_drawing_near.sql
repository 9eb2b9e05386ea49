-- neared: within how many days the prudent date was last told to be; nothing was told before.
-- What draws near is found by its prudent date.
ALTER TABLE deadlines ADD COLUMN neared integer;
CREATE INDEX deadlines_drawing_near ON deadlines (alert_at) WHERE state IN ('candidate', 'running');
