-- What intake keeps beside its log: the raw items, and what it looks requests up by.

-- Every raw item, as it arrived, under the key of the person whom it is about: encrypted in parts
-- of at most one MiB, so that a large one is never held or moved as a whole.
CREATE TABLE originals (
    request_id uuid NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    person_id uuid NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    part_count int NOT NULL CHECK (part_count > 0),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (request_id, sha256)
);

CREATE TABLE original_parts (
    request_id uuid NOT NULL,
    sha256 text NOT NULL,
    part int NOT NULL CHECK (part >= 0),
    sealed bytea NOT NULL,
    PRIMARY KEY (request_id, sha256, part),
    FOREIGN KEY (request_id, sha256) REFERENCES originals
);

ALTER TABLE original_parts ALTER COLUMN sealed SET STORAGE EXTERNAL;  -- ciphertext: no use packing

CALL make_append_only('originals');
CALL make_append_only('original_parts');

-- Read model: one row a request, as its events tell it.
CREATE TABLE requests (
    request_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    register text NOT NULL,
    alias text,
    channel text,
    sender_system text,
    state text NOT NULL,
    urgency text,
    unit text,
    rule text,
    accepted_by text,
    received_on date,
    received_at timestamptz,
    answer_due_on date,
    answered_on date,
    establishment text,
    requester_kind text,
    language text,
    topics text[] NOT NULL DEFAULT '{}',
    special_situations text[] NOT NULL DEFAULT '{}',
    missing text[] NOT NULL DEFAULT '{}',
    waiting_for text,
    duplicate_of uuid,
    outcome text,
    dangers text[] NOT NULL DEFAULT '{}',
    dangers_handled text[] NOT NULL DEFAULT '{}',
    other_content boolean NOT NULL DEFAULT false,
    undelivered boolean NOT NULL DEFAULT false
);

CREATE INDEX requests_by_state ON requests (register, state, received_at DESC, request_id);
CREATE INDEX requests_by_unit ON requests (register, unit, received_at DESC, request_id);
CREATE INDEX requests_by_arrival ON requests (register, received_at DESC, request_id);
CREATE INDEX requests_by_alias ON requests (register, alias) WHERE alias IS NOT NULL;
CREATE INDEX requests_by_person ON requests (person_id);

-- Read model: what a new item may be recognised by, as keyed fingerprints; gone with the person.
CREATE TABLE request_marks (
    register text NOT NULL,
    kind text NOT NULL,
    mark bytea NOT NULL,
    request_id uuid NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (register, kind, mark, request_id)
);

CREATE INDEX request_marks_by_request ON request_marks (request_id, kind);
CREATE INDEX request_marks_by_person ON request_marks (person_id);
