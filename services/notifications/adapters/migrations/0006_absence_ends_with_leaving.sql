-- Whoever left while absent kept the absence, and would not be alerted once they come back.
-- Who left is told by their row: it holds neither an address nor a unit of theirs.
UPDATE volunteers SET absent_from = NULL, absent_until = NULL WHERE email IS NULL AND units = '{}';
