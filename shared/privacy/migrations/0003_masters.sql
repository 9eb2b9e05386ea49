-- Which master key wraps each key, by its id: so that a rotation can be resumed, and a start with
-- half of the keys out of reach is refused. NULL: wrapped before this was noted.
ALTER TABLE subjects ADD COLUMN master text;
ALTER TABLE index_key ADD COLUMN master text;
