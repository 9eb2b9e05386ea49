-- Asked with every batch: whether admins discarded any of a source's events.
CREATE INDEX messaging_actions_discards ON messaging_actions (source) WHERE action = 'discard';
