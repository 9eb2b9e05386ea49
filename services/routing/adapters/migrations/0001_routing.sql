-- What routing keeps beside its log: read models of its own events, each rebuilt from them.

-- One row a request: who answers for it and why. `proposed_at` is since when its unit is asked to
-- accept it; `version` the stream's, which the next append expects.
CREATE TABLE assignments (
    request_id uuid PRIMARY KEY,
    version int NOT NULL,
    register text NOT NULL,
    unit text NOT NULL,
    decided_unit text NOT NULL,
    state text NOT NULL,
    rule text,
    decided_rule text,
    reason text,
    reason_fr text,
    also text[] NOT NULL DEFAULT '{}',
    informed text[] NOT NULL DEFAULT '{}',
    urgency text NOT NULL,
    received_on date,
    answer_due_on date,
    establishment text,
    danger boolean NOT NULL DEFAULT false,
    needs_review boolean NOT NULL DEFAULT false,
    set_aside boolean NOT NULL DEFAULT false,
    holder text,
    policy_version text,
    looked_at jsonb NOT NULL DEFAULT '[]',
    reminder_of uuid,
    duplicate_of uuid,
    proposed_at timestamptz
);

CREATE INDEX assignments_by_unit
    ON assignments (register, unit, state, answer_due_on, request_id);
CREATE INDEX assignments_by_holder ON assignments (holder) WHERE state = 'accepted';
CREATE INDEX assignments_waiting
    ON assignments (proposed_at) WHERE state = 'proposed' AND register = 'main';

-- The directory: establishments are the same for all registers.
CREATE TABLE establishments (
    code text PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    aliases text[] NOT NULL,
    town text NOT NULL,
    postcode text NOT NULL,
    departement text NOT NULL,
    administrative_court text NOT NULL,
    status text NOT NULL
);

CREATE TABLE teams (
    register text NOT NULL,
    establishment text NOT NULL,
    state text NOT NULL,
    since date,
    absent_from date,
    absent_until date,
    PRIMARY KEY (register, establishment)
);

-- `name`, `email` and `second_channel` go when the volunteer leaves or is erased.
CREATE TABLE volunteers (
    volunteer_id text PRIMARY KEY,
    person_id uuid NOT NULL,
    register text NOT NULL,
    role text NOT NULL,
    units text[] NOT NULL,
    capacity int,
    on_duty boolean NOT NULL,
    name text,
    email text,
    second_channel text,
    absent_from date,
    absent_until date,
    gone boolean NOT NULL DEFAULT false
);

CREATE INDEX volunteers_by_unit ON volunteers USING gin (units);
CREATE INDEX volunteers_by_person ON volunteers (person_id);
