-- What a new item is recognised by is found by index, however many requests there are: the latest
-- that share a mark, and those of which nothing is known.

ALTER TABLE request_marks ADD COLUMN received_at timestamptz NOT NULL DEFAULT '-infinity';
UPDATE request_marks m SET received_at = r.received_at
FROM requests r WHERE r.request_id = m.request_id AND r.received_at IS NOT NULL;
ALTER TABLE request_marks
    DROP CONSTRAINT request_marks_pkey,
    ADD PRIMARY KEY (register, kind, mark, received_at, request_id);

-- Neither number nor name nor text is known. A service of before leaves it true, so whoever reads
-- looks at the marks too.
ALTER TABLE requests ADD COLUMN unread boolean NOT NULL DEFAULT true;
UPDATE requests r SET unread = false
WHERE EXISTS (
    SELECT FROM request_marks m
    WHERE m.request_id = r.request_id AND m.kind IN ('number', 'name', 'text')
);
CREATE INDEX requests_unread ON requests (register, received_on) WHERE unread;
