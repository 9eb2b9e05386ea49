-- same_day: somebody is to see the request on the day that it came (R23)
ALTER TABLE causes ADD COLUMN same_day boolean NOT NULL DEFAULT false;
