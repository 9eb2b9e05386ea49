"""What intake tells: requests that arrived, what was understood of them, and what became of them.

Streams: ``request-<request id>``. Times ``_at`` are aware UTC, days ``_on`` are days in
Europe/Paris. What identifies a person, and every word quoted from an item, sits in ``private``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.vocabulary import (
    Channel,
    ConsentState,
    DeadlineKind,
    JudicialStatus,
    LinkKind,
    Outcome,
    Relation,
    ReplyPreference,
    RequesterKind,
    SpecialSituation,
    Topic,
    Urgency,
)

MAIN_REGISTER = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDeadline:
    """A date read in an item that starts or ends a clock: a candidate until a person confirms.

    ``trigger_on`` is the local day ("2026-03-10") or day and hour ("2026-03-10T15:00") on which
    the clock starts, None when unknown (the clock is then treated as running); ``date_on`` a day
    given as such. ``prudent`` and ``last`` are computed from ``rule_candidate``, in the same
    form, None where they cannot be. ``zone`` is the holiday and time zone used.
    """

    kind: DeadlineKind
    trigger: str
    trigger_on: str | None = None
    date_on: date | None = None
    period_stated: str | None = None
    rule_candidate: str | None = None
    prudent: str | None = None
    last: str | None = None
    zone: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A likeness to an earlier request: a suggestion, unless ``certain`` (same thread)."""

    kind: LinkKind
    request_id: UUID
    certain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlace:
    """A place of administrative retention: ``kind`` is cra, lra or za."""

    kind: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCandidate:
    """An establishment that the item may mean; ``confidence`` from 0 to 1."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """A field that could not be read as sent, with the remedy; the value itself is private."""

    field: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """What was understood of an item, without anything that names a person.

    ``establishment`` is a code of the directory and stands only where the place is sure enough to
    route by; ``establishment_candidates`` hold the doubtful ones. ``author_unknown`` means that
    neither name nor number tells who wrote (R19); ``place_unclear`` that no place, two places or
    contradicting places were found where one is needed (R2, R12). ``missing`` names the fields
    that a person must complete. ``is_reminder``: the item says that an earlier one was not
    answered (R22). ``moved_from``: the place where the person was known before (R12).
    ``conversation``: for telephone, "live" (answered in the call) or "voicemail".
    """

    channel: Channel
    received_on: date
    received_at: datetime
    written_on: date | None = None
    posted_on: date | None = None
    happened_on: date | None = None
    call_at: str | None = None
    conversation: str | None = None
    requester_kind: RequesterKind = RequesterKind.UNKNOWN
    relation: Relation = Relation.NOT_STATED
    author_unknown: bool = False
    establishment: str | None = None
    establishment_source: str | None = None
    establishment_candidates: tuple[PlaceCandidate, ...] = ()
    place_unclear: bool = False
    former_establishment: str | None = None
    moved_from: str | None = None
    retention_place: RetentionPlace | None = None
    judicial_status: JudicialStatus | None = None
    language: str = "und"
    person_languages: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    special_situations: tuple[SpecialSituation, ...] = ()
    deadlines: tuple[FoundDeadline, ...] = ()
    links: tuple[Link, ...] = ()
    is_reminder: bool = False
    automatic: bool = False
    reply_preference: ReplyPreference | None = None
    reply_blocked: tuple[str, ...] = ()
    consent: ConsentState | None = None
    consent_scope: str | None = None
    missing: tuple[str, ...] = ()
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody named in an item, as far as it says."""

    given: str | None = None
    family: str | None = None
    organisation: str | None = None
    contact: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNumber:
    """A détention number of another stay."""

    establishment: str | None
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why a field has its value: the words that justify it, word for word, and a confidence.

    ``field`` is a path of the normalised request ("topics", "deadlines.0.trigger_on"), ``words``
    stand in the item (empty where a rule and not a word decided), ``confidence`` is 0 to 1,
    ``rule`` names the entry of the lexicon or the rule that found it.
    """

    field: str
    value: str
    words: str
    confidence: float
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentText:
    """An attachment and the text found in it; ``text`` is None when it must be read by a person."""

    filename: str | None
    media_type: str
    size_bytes: int
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPeople:
    """All that names a person in a request, and all words quoted from it.

    ``text_key`` is a fingerprint of the author's words, by which a second copy is recognised.
    """

    requester: Party
    person_given: str | None = None
    person_family: str | None = None
    detention_number: str | None = None
    foreigner_number: str | None = None
    born_on: date | None = None
    nationality: str | None = None
    other_names: tuple[str, ...] = ()
    other_numbers: tuple[OtherNumber, ...] = ()
    carrier: Party | None = None
    sources: tuple[Party, ...] = ()
    consent_addressee: str | None = None
    urgency_words: tuple[str, ...] = ()
    deadline_quotes: tuple[str | None, ...] = ()
    findings: tuple[Finding, ...] = ()
    problem_values: tuple[str, ...] = ()
    attachments: tuple[AttachmentText, ...] = ()
    text_key: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReceived:
    """A request reached the desk, by whatever channel; its raw form is kept in ``originals``.

    ``external_id`` is the sender's technical key (Message-ID, Idempotency-Key, client reference),
    kept as a fingerprint: the same (register, channel, external id) never makes a second request.
    ``sender_system`` names the partner or form that sent it, None where a person did.
    ``original_sha256`` and ``original_size_bytes`` describe the raw item. ``person_id`` is the
    subject minted for whoever the item is about.
    """

    SUBJECT: ClassVar[str] = "person_id"

    request_id: UUID
    person_id: UUID
    register: str
    channel: Channel
    received_on: date
    received_at: datetime
    external_id: str | None
    original_sha256: str
    original_size_bytes: int
    media_type: str
    arrival_id: str | None = None  # names this one arrival: handling it again does nothing
    sender_system: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestNormalised:
    """All that routing needs was found; every finding stays a suggestion that a person corrects."""

    SUBJECT: ClassVar[str] = "person_id"

    request_id: UUID
    person_id: UUID
    register: str
    facts: RequestFacts
    lexicon_version: str
    private: RequestPeople | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFlaggedForReview:
    """Something is missing or doubtful: to be read by a person; ``facts`` hold what was found."""

    SUBJECT: ClassVar[str] = "person_id"

    request_id: UUID
    person_id: UUID
    register: str
    facts: RequestFacts
    lexicon_version: str
    private: RequestPeople | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticMessageRecognised:
    """An auto-reply, bounce or newsletter (R32), told before its RequestClosed by rule.

    ``delivery_failed``: it says that a message of the desk did not arrive.
    """

    SUBJECT: ClassVar[str] = "person_id"

    request_id: UUID
    person_id: UUID
    register: str
    facts: RequestFacts
    lexicon_version: str
    delivery_failed: bool
    private: RequestPeople | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrected:
    """A person completed or corrected the findings; ``facts`` are the whole corrected facts."""

    SUBJECT: ClassVar[str] = "person_id"

    request_id: UUID
    person_id: UUID
    register: str
    facts: RequestFacts
    corrected_fields: tuple[str, ...]
    corrected_by: str
    private: RequestPeople | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalNoted:
    """The very same item came again (same technical key): noted, no second request (R21).

    ``content_differs``: other bytes came under the same key; they are kept beside the first
    original, and a person reads them.
    """

    request_id: UUID
    channel: Channel
    received_at: datetime
    arrival_id: str | None = None
    original_sha256: str | None = None
    content_differs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestImported:
    """A request that the desk already knew before this system, or that a rehearsal sets on stage.

    ``alias`` is its number elsewhere ("q-210"); ``unit`` holds it; ``state`` is a request state;
    ``message_ids`` are fingerprints of the e-mails of its thread.
    """

    SUBJECT: ClassVar[str] = "person_id"

    request_id: UUID
    person_id: UUID
    register: str
    alias: str
    state: str
    unit: str | None
    received_on: date | None
    answer_due_on: date | None
    urgency: Urgency
    establishment: str | None
    private: RequestPeople | None
    answered_on: date | None = None
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAssignmentNoted:
    """Routing made a unit responsible."""

    request_id: UUID
    unit: str
    rule: str
    answer_due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStarted:
    """A volunteer accepted the request."""

    request_id: UUID
    accepted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPutOnHold:
    """Waits for ``waiting_for``: the requester, a document, a translation, a third person."""

    request_id: UUID
    waiting_for: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestResumed:
    """No longer waits."""

    request_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySent:
    """An answer was sent or given, by ``way`` (a reply preference)."""

    request_id: UUID
    way: ReplyPreference
    sent_on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyNotDelivered:
    """The answer came back; ``report`` is the request that was made of the bounce."""

    request_id: UUID
    register: str
    report: UUID
    noticed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestClosed:
    """Closed with an outcome; ``closed_by`` is a person, or "rule R32" for automatic messages."""

    request_id: UUID
    register: str
    outcome: Outcome
    closed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReopened:
    """A new fact reopened the request under the same number (R45)."""

    request_id: UUID
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMarkedDuplicate:
    """A person confirmed that the first request, ``duplicate_of``, is the same matter."""

    request_id: UUID
    register: str
    duplicate_of: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestUnmarkedDuplicate:
    """It was not a duplicate after all."""

    request_id: UUID
    register: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestUrgencyChanged:
    """Anyone may raise it; only a person lowers it, with a reason (R40)."""

    request_id: UUID
    register: str
    urgency: Urgency
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLinked:
    """A link to an earlier request was confirmed, or is certain (same thread)."""

    request_id: UUID
    kind: LinkKind
    linked_to: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecorded:
    """What the person allows to be told: dated, with scope and addressee (R24)."""

    SUBJECT: ClassVar[str] = "person_id"

    request_id: UUID
    person_id: UUID
    given_on: date
    scope: str
    by: str
    private: Party | None  # the addressee


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """The person withdrew the consent."""

    request_id: UUID
    withdrawn_on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerHandled:
    """A person noted what was done about a danger (R36): only then may the request close."""

    request_id: UUID
    noted_on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased:
    """The person's key was destroyed: read models drop what names them, counts stay."""

    person_id: UUID
    by: str
    reason: str


IntakeEvent = (
    RequestReceived
    | RequestNormalised
    | RequestFlaggedForReview
    | AutomaticMessageRecognised
    | RequestCorrected
    | ArrivalNoted
    | RequestImported
    | RequestAssignmentNoted
    | RequestStarted
    | RequestPutOnHold
    | RequestResumed
    | ReplySent
    | ReplyNotDelivered
    | RequestClosed
    | RequestReopened
    | RequestMarkedDuplicate
    | RequestUnmarkedDuplicate
    | RequestUrgencyChanged
    | RequestLinked
    | ConsentRecorded
    | ConsentWithdrawn
    | DangerHandled
    | PersonErased
)
