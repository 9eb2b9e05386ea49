-- The requests that somebody's last search found: ids alone, so that neither an address nor a table
-- keeps the name that was looked for.
ALTER TABLE web_sessions ADD COLUMN found uuid[] NOT NULL DEFAULT '{}';
