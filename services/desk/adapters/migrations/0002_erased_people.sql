-- Whoever was erased stays without a name here, in whatever order their events arrive: a key that
-- was still in mind opens an event that comes after the erasure.
CREATE TABLE erased_people (person_id uuid PRIMARY KEY);
