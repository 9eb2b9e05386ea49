-- Read models of follow-up's own events: written in the transaction of the append, never by hand.

CREATE TABLE cases (
    case_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    register text NOT NULL,
    state text NOT NULL,
    source text NOT NULL,
    request_id uuid,
    establishment text,
    release_on date,
    reason text,
    orientation text,
    outcome text,
    transferred_to text,
    referred_at timestamptz NOT NULL,
    moved_at timestamptz NOT NULL
);

CREATE INDEX cases_by_state ON cases (register, state, moved_at);
CREATE INDEX cases_by_request ON cases (request_id);
CREATE INDEX cases_by_person ON cases (person_id);

CREATE TABLE steps (
    step_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    due_on date,
    state text NOT NULL,
    planned_by text NOT NULL
);

CREATE INDEX steps_by_case ON steps (case_id, state);

CREATE TABLE appointments (
    appointment_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    place text NOT NULL,
    state text NOT NULL,
    offered_by text NOT NULL,
    replaces uuid
);

CREATE INDEX appointments_by_case ON appointments (case_id, state);

-- over_at is when its last day or hour is over; passes tells whether something is then lost.
CREATE TABLE deadlines (
    deadline_id uuid PRIMARY KEY,
    register text NOT NULL,
    request_id uuid,
    case_id uuid,
    state text NOT NULL,
    kind text NOT NULL,
    prudent text,
    last text,
    alert_at timestamptz,
    over_at timestamptz,
    passes boolean NOT NULL,
    terms jsonb NOT NULL,
    confirmed_by text,
    ending text
);

CREATE INDEX deadlines_by_state ON deadlines (register, state, alert_at);
CREATE INDEX deadlines_by_request ON deadlines (request_id);
CREATE INDEX deadlines_by_case ON deadlines (case_id);
CREATE INDEX deadlines_to_miss ON deadlines (over_at)
    WHERE state IN ('candidate', 'running') AND passes;
