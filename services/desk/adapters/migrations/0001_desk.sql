-- What the desk shows: read models of the four services' events, and its own web sessions.
-- A table is written by one read model alone. Names of persons lie in request_people only, and go
-- when the person is erased; words quoted from an item are asked of intake when they are shown.

-- ---- of intake's events ----
CREATE TABLE requests (
    request_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    register text NOT NULL,
    alias text,
    channel text,
    state text NOT NULL,
    urgency text NOT NULL DEFAULT 'normal',
    received_on date,
    received_at timestamptz,
    establishment text,
    requester_kind text,
    language text,
    topics text[] NOT NULL DEFAULT '{}',
    special_situations text[] NOT NULL DEFAULT '{}',
    missing text[] NOT NULL DEFAULT '{}',
    is_reminder boolean NOT NULL DEFAULT false,
    danger boolean NOT NULL DEFAULT false,
    danger_handled boolean NOT NULL DEFAULT false,
    other_content boolean NOT NULL DEFAULT false,
    undelivered boolean NOT NULL DEFAULT false,
    accepted_by text,
    waiting_for text,
    duplicate_of uuid,
    answered_on date,
    outcome text,
    closed_by text
);
CREATE INDEX requests_of_register ON requests (register, received_at DESC, request_id);
CREATE INDEX requests_of_person ON requests (person_id);

-- Names, for lists; the rest stays with intake.
CREATE TABLE request_people (
    request_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    given text,
    family text,
    requester text
);
CREATE INDEX request_people_of_person ON request_people (person_id);

-- Suggested links (certain or not) and those that a person confirmed.
CREATE TABLE request_links (
    request_id uuid NOT NULL,
    kind text NOT NULL,
    linked_to uuid NOT NULL,
    confirmed_by text,
    PRIMARY KEY (request_id, kind, linked_to)
);

-- ---- of routing's events ----
CREATE TABLE assignments (
    request_id uuid PRIMARY KEY,
    register text NOT NULL,
    unit text NOT NULL,
    state text NOT NULL,
    volunteer_id text,
    rule text,
    reason text,
    reason_fr text,
    also text[] NOT NULL DEFAULT '{}',
    informed text[] NOT NULL DEFAULT '{}',
    urgency text NOT NULL DEFAULT 'normal',
    answer_due_on date,
    danger boolean NOT NULL DEFAULT false,
    needs_review boolean NOT NULL DEFAULT false,
    set_aside boolean NOT NULL DEFAULT false,
    escalated boolean NOT NULL DEFAULT false,
    policy_version text,
    looked_at jsonb NOT NULL DEFAULT '[]',
    refusal text
);
CREATE INDEX assignments_of_unit ON assignments (register, unit, state);

CREATE TABLE establishments (
    code text PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    town text NOT NULL,
    departement text NOT NULL,
    status text NOT NULL
);

CREATE TABLE teams (
    register text NOT NULL,
    establishment text NOT NULL,
    state text NOT NULL,
    absent_from date,
    absent_until date,
    PRIMARY KEY (register, establishment)
);

-- Contacts, for signing in and for naming colleagues; gone when the volunteer leaves.
CREATE TABLE volunteers (
    volunteer_id text PRIMARY KEY,
    register text NOT NULL,
    role text NOT NULL,
    units text[] NOT NULL DEFAULT '{}',
    left_desk boolean NOT NULL DEFAULT false,
    name text,
    email text
);
CREATE INDEX volunteers_by_email ON volunteers (lower(email));

-- ---- of followup's events ----
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
    terms jsonb NOT NULL,
    set_by text,
    ending text
);
CREATE INDEX deadlines_of_register ON deadlines (register, state, prudent);
CREATE INDEX deadlines_of_request ON deadlines (request_id);
CREATE INDEX deadlines_of_case ON deadlines (case_id);

CREATE TABLE cases (
    case_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    register text NOT NULL,
    state text NOT NULL,
    source text NOT NULL,
    request_id uuid,
    establishment text,
    release_on date,
    referred_at timestamptz NOT NULL,
    moved_at timestamptz NOT NULL,
    reason text,
    orientation text,
    transferred_to text,
    outcome text
);
CREATE INDEX cases_of_register ON cases (register, state);
CREATE INDEX cases_of_person ON cases (person_id);

CREATE TABLE steps (
    step_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    due_on date,
    state text NOT NULL,
    reason text,
    planned_at timestamptz NOT NULL
);
CREATE INDEX steps_of_case ON steps (case_id);

CREATE TABLE appointments (
    appointment_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    place text NOT NULL,
    state text NOT NULL,
    reason text,
    offered_by text NOT NULL
);
CREATE INDEX appointments_of_case ON appointments (case_id);

-- ---- of notifications' events ----
CREATE TABLE alerts (
    alert_id uuid PRIMARY KEY,
    register text NOT NULL,
    cause text NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    escalated boolean NOT NULL,
    state text NOT NULL,
    urgency text NOT NULL,
    about text NOT NULL,
    due_at timestamptz NOT NULL,
    sent_at timestamptz,
    acknowledged_by text,
    request_id uuid,
    case_id uuid,
    deadline_id uuid
);
CREATE INDEX alerts_of_request ON alerts (request_id);
CREATE INDEX alerts_of_case ON alerts (case_id);
CREATE INDEX alerts_of_recipient ON alerts (recipient, state);

-- ---- the desk's own ----
-- Links and sessions are kept as SHA-256 of their secret: who reads this table cannot sign in.
CREATE TABLE sign_in_links (
    token_sha256 bytea PRIMARY KEY CHECK (length(token_sha256) = 32),
    volunteer_id text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX sign_in_links_of_volunteer ON sign_in_links (volunteer_id, made_at);

CREATE TABLE web_sessions (
    token_sha256 bytea PRIMARY KEY CHECK (length(token_sha256) = 32),
    volunteer_id text NOT NULL,
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX web_sessions_of_volunteer ON web_sessions (volunteer_id);

-- Who was shown whose data: ids only, kept for ever.
CREATE TABLE showings (
    showing_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shown_at timestamptz NOT NULL,
    volunteer_id text NOT NULL,
    page text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL
);
CREATE INDEX showings_of_subject ON showings (subject_id, shown_at);
CALL make_append_only('showings');
