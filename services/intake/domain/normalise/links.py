"""Likeness to earlier requests: suggestions for a person, save a reply in the same thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.intake.domain.normalise.known import ALIKE_TEXT, names_alike, text_likeness
from services.intake.domain.normalise.model import (
    KnownRequest,
    KnownRequests,
    Recalled,
    Traits,
)
from services.intake.domain.normalise.needles import sought
from services.intake.domain.normalise.people import Name
from services.intake.domain.normalise.reminders import earlier_words, reminder_words
from services.intake.domain.normalise.text import Folded
from shared.contracts.intake.facts import Link
from shared.contracts.vocabulary import LinkKind

_ANSWERED = {"answered", "closed"}
# What has happened since the first: new facts make no duplicate (R21).
_NEWS = sought(
    r"\b(?:il y a|y a|j ai|voici|voila) (?:\w+ )?du (?:nouveau|neuf|changement)\b|\bdepuis (?:cet+e|ma|mon|la) (?:\w+ )?"
    r"(?:let+re|cour+ier|mail|mes+age)\b|\bentre ?temps\b|\bma (?:question|demande|situation) (?:a )?change\w*|"
    r"\bsomething (?:new|has hap+ened)|\bsince (?:my|the) (?:first |last )?(?:let+er|mail|mes+age)\b|\bthere is news\b|"
    r"\b(?:hay|tengo) (?:novedades|noticias|algo nuevo)|\bdesde (?:mi|a minha) (?:ultima )?carta\b|\b(?:ha|tenho) novidades?\b|"
    r"\bci sono novita\b|\bdal+a mia (?:ultima )?let+era\b|\ba aparut ceva\b|\bka (?:dicka )?te re\b|\byeni bir (?:sey|gelisme)\b|"
    r"\bесть (?:новости|новое)|с тех пор"
)


@dataclass(frozen=True, slots=True)
class Linked:
    """The links suggested, and what follows from them."""

    links: tuple[Link, ...] = ()
    is_reminder: bool = False
    reminder_words: str = ""
    first_overdue: bool = False
    moved_from: str | None = None


def likely_links(  # each says something of the likeness
    known: KnownRequests,
    *,
    message_ids: Iterable[str],
    person: Name,
    numbers: tuple[str, ...],
    establishment: str | None,
    received_on: date,
    text_key: tuple[int, ...],
    own: Folded,
    subject: Folded | None = None,
    automatic: bool,
) -> Linked:
    """Earlier requests that this item may belong to."""
    traits = Traits(received_on=received_on, message_ids=tuple(message_ids))
    if not automatic:
        both_names = person.family and person.given
        traits = replace(
            traits,
            numbers=numbers,
            family=person.family if both_names else None,
            given=person.given if both_names else None,
            establishment=establishment,
            text_key=text_key,
        )
    recalled = known.recall(traits)
    threads = [
        Link(kind=LinkKind.REPLY_TO, request_id=r.request_id, certain=True)
        for r in recalled.same_thread
    ]
    if automatic:
        return Linked(links=tuple(threads))
    persons = _same_person(recalled, person, numbers, establishment)
    words = reminder_words(own, subject)
    if not words and _overdue(persons, received_on):
        words = earlier_words(own)  # who writes again while we are late asks where the answer is
    unanswered = {r.request_id for r in recalled.same_thread if r.state not in _ANSWERED}
    threads = [
        replace(t, kind=LinkKind.REMINDER_OF) if words and t.request_id in unanswered else t
        for t in threads
    ]
    links = {t.request_id: t for t in threads}
    moved = None
    for request in persons:
        moved = moved or _moved(request, establishment)
        links.setdefault(
            request.request_id,
            Link(kind=_kind(request, words, text_key), request_id=request.request_id),
        )
    if not words and not threads:
        for request in recalled.alike:
            if _another_person(request, person, numbers):
                continue
            alike = text_likeness(request.text_key, text_key) >= ALIKE_TEXT
            news = not alike and _NEWS.first(own) is not None
            kind = LinkKind.SAME_MATTER if news else LinkKind.DUPLICATE_OF
            links[request.request_id] = Link(kind=kind, request_id=request.request_id)
    firsts = [*persons, *recalled.same_thread] if words else []
    overdue = _overdue(firsts, received_on)
    return Linked(tuple(links.values()), bool(words), words, overdue, moved)


def _overdue(requests: Iterable[KnownRequest], received_on: date) -> bool:
    """Does one of them wait for an answer that was due?"""
    return any(
        r.answer_due_on and r.answer_due_on < received_on and r.state not in _ANSWERED
        for r in requests
    )


def _same_person(
    recalled: Recalled, person: Name, numbers: tuple[str, ...], establishment: str | None
) -> list[KnownRequest]:
    """By number (the same place, or a name alike), else by both names (R20)."""
    found: dict[UUID, KnownRequest] = {}
    for request in recalled.same_number:
        same_name = names_alike(request.family, person.family)
        same_place = establishment is not None and request.establishment == establishment
        if same_name or (same_place and not (request.family and person.family)):
            found[request.request_id] = request
    for request in recalled.same_name:
        if request.given and not _conflict(request, numbers, establishment):
            found.setdefault(request.request_id, request)
    return list(found.values())


def _conflict(request: KnownRequest, numbers: tuple[str, ...], establishment: str | None) -> bool:
    """Same name, but another number at the same place: somebody else."""
    return bool(
        numbers
        and request.detention_number
        and request.detention_number not in numbers
        and request.establishment == establishment
    )


def _kind(request: KnownRequest, words: str, text_key: tuple[int, ...]) -> LinkKind:
    if words:
        return LinkKind.REMINDER_OF
    if text_likeness(request.text_key, text_key) >= ALIKE_TEXT:
        return LinkKind.DUPLICATE_OF
    return LinkKind.SAME_PERSON


def _another_person(request: KnownRequest, person: Name, numbers: tuple[str, ...]) -> bool:
    if request.detention_number and numbers and request.detention_number not in numbers:
        return not names_alike(request.family, person.family)
    return bool(request.family and person.family and not names_alike(request.family, person.family))


def _moved(request: KnownRequest, establishment: str | None) -> str | None:
    before = request.establishment
    return before if before and establishment and before != establishment else None
