-- referrer: the team that referred somebody, which is told what the desk decides (R11)
ALTER TABLE causes ADD COLUMN referrer text;
