"""What was understood of an item: the facts, which name nobody, and apart from them the people.

Times ``_at`` are aware UTC, days ``_on`` are days in Europe/Paris. What identifies a person, and
every word quoted from an item, stands in ``RequestPeople`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.vocabulary import (
    Channel,
    ConsentState,
    DeadlineKind,
    JudicialStatus,
    LinkKind,
    Relation,
    ReplyPreference,
    RequesterKind,
    SpecialSituation,
    Topic,
    Urgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDeadline:
    """A date read in an item that starts or ends a clock: a candidate until a person confirms.

    ``trigger_on`` is the local day ("2026-03-10") or day and hour ("2026-03-10T15:00") on which
    the clock starts, None when unknown (the clock is then treated as running); ``date_on`` a day
    given as such. ``prudent`` and ``last`` are computed from ``rule_candidate``, in the same
    form, None where they cannot be. ``zone`` is the holiday and time zone used, None where
    no seat is known: metropolitan France is then only supposed.
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
