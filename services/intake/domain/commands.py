"""What can be asked of one request. Ids, days and instants come in with the command.

``by`` names who asks: a volunteer or employee, or "rule R32" where a rule of the desk acts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.intake.facts import Party, RequestFacts, RequestPeople
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    LinkKind,
    Outcome,
    ReplyPreference,
    RequestState,
    Urgency,
)
from shared.deadlines import Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveRequest:
    """An item arrived. ``external_id`` is the fingerprint of the sender's technical key;
    ``arrival_id`` names this one arrival, so that handling it again after a crash does nothing.
    """

    request_id: UUID
    person_id: UUID
    register: str
    channel: Channel
    received_on: date
    received_at: datetime
    external_id: str | None
    arrival_id: str | None
    original_sha256: str
    original_size_bytes: int
    media_type: str
    sender_system: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NormaliseRequest:
    """What the item says was found, and it is enough for routing."""

    facts: RequestFacts
    people: RequestPeople
    lexicon_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagForReview:
    """What was found is not enough, or doubtful; ``facts.missing`` says what to complete."""

    facts: RequestFacts
    people: RequestPeople
    lexicon_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAutomaticMessage:
    """The item is an auto-reply, a bounce, a newsletter (R32)."""

    facts: RequestFacts
    people: RequestPeople
    lexicon_version: str
    delivery_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteArrival:
    """The same technical key came again (R21); ``original_sha256`` is that of what came now."""

    channel: Channel
    received_at: datetime
    arrival_id: str | None
    original_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """A request known before this system, or set on stage for a rehearsal."""

    request_id: UUID
    person_id: UUID
    register: str
    alias: str
    state: RequestState
    unit: str | None
    received_on: date | None
    answer_due_on: date | None
    answered_on: date | None
    urgency: Urgency
    establishment: str | None
    message_ids: tuple[str, ...]
    people: RequestPeople


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectRequest:
    """A person completed what was missing; ``facts`` and ``people`` are whole, not a difference.

    ``people`` is None once the person is erased.
    """

    facts: RequestFacts
    people: RequestPeople | None
    fields: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendRequest:
    """A person corrects a finding of a request that needs no review; its state stays."""

    facts: RequestFacts
    people: RequestPeople | None
    fields: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkDuplicate:
    """A person confirms that an earlier request is the same matter (R21)."""

    duplicate_of: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmarkDuplicate:
    """It was not the same matter after all."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAssignment:
    """Routing made ``unit`` responsible, by ``rule``; ``anew``: whoever had it no longer has it."""

    unit: str
    rule: str
    answer_due_on: date | None
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAcceptance:
    """A volunteer accepted the request from routing."""

    accepted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor:
    """Put on hold for ``waiting_for``, in words without a name."""

    waiting_for: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRequest:
    """No longer waits."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReply:
    """An answer was sent or given, by ``way``."""

    way: ReplyPreference
    sent_on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUndelivered:
    """The answer came back: ``report`` is the request made of the bounce."""

    report: UUID
    noticed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRequest:
    """Closed with an outcome, by a person (R45)."""

    outcome: Outcome
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenRequest:
    """A new fact reopens it under the same number (R45)."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUrgency:
    """Anyone may raise it; only a person lowers it, with a reason (R40)."""

    urgency: Urgency
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """A person confirms a link to an earlier request, or a thread makes it certain."""

    kind: LinkKind
    linked_to: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsent:
    """What the person allows to be told, to whom (R24)."""

    given_on: date
    scope: str
    addressee: Party
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent:
    """The person takes it back."""

    withdrawn_on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDangerHandled:
    """A person notes that something was done about a danger (R36)."""

    noted_on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainNearDay:
    """A person says why a near day that no rule explained starts no clock, naming nobody."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDeadline:
    """A person set or corrected a deadline of the request, or it drew near, at ``at``.

    ``alert_at`` is its prudent date as an instant, None while unknown; ``nature`` that of its
    rule, None for a day given as such. ``over_at`` is when its last day is over, if known.
    ``added``: it was not proposed before, ``by`` added it.
    """

    deadline_id: UUID
    kind: DeadlineKind
    nature: Nature | None
    alert_at: datetime | None
    at: datetime
    added: bool
    by: str
    over_at: datetime | None = None


Command = (
    ReceiveRequest
    | NormaliseRequest
    | FlagForReview
    | CloseAutomaticMessage
    | NoteArrival
    | ImportRequest
    | CorrectRequest
    | AmendRequest
    | MarkDuplicate
    | UnmarkDuplicate
    | NoteAssignment
    | NoteAcceptance
    | WaitFor
    | ResumeRequest
    | SendReply
    | NoteUndelivered
    | CloseRequest
    | ReopenRequest
    | ChangeUrgency
    | LinkRequest
    | RecordConsent
    | WithdrawConsent
    | NoteDangerHandled
    | ExplainNearDay
    | NoteDeadline
)
