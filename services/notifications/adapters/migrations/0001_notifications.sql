-- Every alert with its state: this service's own streams, projected within the append.
--   planned, in_hand: the events AlertPlanned and, while a sending is under way, AlertSending
--   send_at: when the channel is to be tried; insist_at: when the next step follows
--   version: of the stream, so that a decision appends exactly after what it saw
CREATE TABLE alerts (
    alert_id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL,
    is_open boolean NOT NULL,
    cause text NOT NULL,
    recipient text NOT NULL,
    lane text NOT NULL,
    urgency_rank smallint NOT NULL,
    due_at timestamptz NOT NULL,
    request_id uuid,
    deadline_id uuid,
    planned jsonb NOT NULL,
    planned_schema integer NOT NULL,
    in_hand jsonb,
    in_hand_schema integer,
    attempts integer NOT NULL,
    in_doubt integer NOT NULL,
    message_id text,
    last_failure text,
    sent_at timestamptz,
    send_at timestamptz,
    insist_at timestamptz,
    cancelled_because text,
    acknowledged_by text
);
CREATE INDEX alerts_by_cause ON alerts (cause);
CREATE INDEX alerts_by_recipient ON alerts (recipient, due_at);
CREATE INDEX alerts_by_request ON alerts (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX alerts_to_send ON alerts (lane, urgency_rank, due_at)
    WHERE send_at IS NOT NULL AND in_hand IS NULL;
CREATE INDEX alerts_next ON alerts (send_at) WHERE send_at IS NOT NULL AND in_hand IS NULL;
CREATE INDEX alerts_to_insist ON alerts (insist_at) WHERE insist_at IS NOT NULL;
CREATE INDEX alerts_in_hand ON alerts (lane) WHERE in_hand IS NOT NULL;

-- What alerts are about, from the events of routing and follow-up.
--   heard: version of the last event taken in, so that one delivered again changes nothing
CREATE TABLE causes (
    key text PRIMARY KEY,
    kind text NOT NULL,
    register text NOT NULL,
    unit text NOT NULL,
    holder text,
    round integer NOT NULL,
    since timestamptz NOT NULL,
    announce boolean NOT NULL,
    urgency text NOT NULL,
    danger boolean NOT NULL,
    request_id uuid,
    case_id uuid,
    deadline_id uuid,
    deadline_kind text,
    candidate boolean NOT NULL,
    missed boolean NOT NULL,
    term text,
    term_on date,
    term_at timestamptz,
    open boolean NOT NULL,
    heard integer NOT NULL
);
CREATE INDEX causes_by_request ON causes (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX causes_by_case ON causes (case_id) WHERE case_id IS NOT NULL;

-- Who can be told, and where. Name and addresses are dropped when a volunteer leaves or is erased.
CREATE TABLE volunteers (
    volunteer_id text PRIMARY KEY,
    person_id uuid NOT NULL,
    role text NOT NULL,
    units text[] NOT NULL,
    on_duty boolean NOT NULL,
    name text,
    email text,
    second_channel text,
    absent_from date,
    absent_until date,
    heard integer NOT NULL
);
CREATE INDEX volunteers_by_person ON volunteers (person_id);
