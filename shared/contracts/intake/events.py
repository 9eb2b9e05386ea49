"""What intake tells: requests that arrived, what was understood of them, and what became of them.

Streams: ``request-<request id>``. Times ``_at`` are aware UTC, days ``_on`` are days in
Europe/Paris. What identifies a person, and every word quoted from an item, sits in ``private``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.intake.facts import Party, RequestFacts, RequestPeople
from shared.contracts.vocabulary import (
    Channel,
    LinkKind,
    Outcome,
    ReplyPreference,
    Urgency,
)

MAIN_REGISTER = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReceived:
    """A request reached the desk, by whatever channel; its raw form is kept in ``originals``.

    ``external_id`` is the sender's technical key (Message-ID, Idempotency-Key, client reference),
    kept as a fingerprint: what says the same under the same (register, channel, external id) never
    makes a second request.
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

    ``content_differs``: other bytes that say the same came under the same key; they are kept
    beside the first original. (Other words are a request of their own, in the same exchange.)
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
class NearDayExplained:
    """A person said what a near day is that no rule explained: "deadlines" is missing no more.

    Either ``deadline_id``, the deadline that they added, or ``reason``: why that day starts no
    clock, in words that name nobody.
    """

    request_id: UUID
    register: str
    deadline_id: UUID | None
    reason: str | None
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
    | NearDayExplained
    | PersonErased
)
