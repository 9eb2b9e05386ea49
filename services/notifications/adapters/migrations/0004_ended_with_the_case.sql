-- ended_with_case: a step or an appointment that only the closing of its case ended; it is recalled
-- again if the case is reopened
ALTER TABLE causes ADD COLUMN ended_with_case boolean NOT NULL DEFAULT false;
