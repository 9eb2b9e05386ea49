"""All that names a person, and the words that justify each finding, put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr

from services.intake.domain.normalise.agreement import Agreement
from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.found_model import Found
from services.intake.domain.normalise.identity.who import Who
from services.intake.domain.normalise.links import Linked
from services.intake.domain.normalise.meaning import Meaning
from services.intake.domain.normalise.organisation import organisation_of
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import phone_number
from services.intake.domain.normalise.urgency import level_of
from services.intake.domain.normalise.where import Place
from shared.contracts.intake.facts import Finding, OtherNumber, Party, RequestPeople, RetentionPlace
from shared.contracts.vocabulary import Channel, Urgency, above


@dataclass(frozen=True, slots=True)
class People:
    """What the private part of a request is made of."""

    parts: Parts
    author: Author
    who: Who
    place: Place
    meaning: Meaning
    found: Sequence[Found]
    linked: Linked
    agreement: Agreement
    retention: tuple[RetentionPlace, str] | None
    urgency: Urgency
    received_on: date
    language: str
    key: tuple[int, ...]
    channel: Channel
    self_kind: bool


def people_of(p: People) -> RequestPeople:
    """The private part: names, numbers, contacts, quotes, findings."""
    who = p.who
    former = p.linked.moved_from
    return RequestPeople(
        requester=_requester(p),
        person_given=who.person.given,
        person_family=who.person.family,
        detention_number=who.number,
        foreigner_number=who.foreigner_number,
        born_on=p.parts.born_on or who.born_on,
        nationality=who.nationality,
        other_names=who.other_names,
        other_numbers=tuple(
            OtherNumber(establishment=former, number=n) for n in who.former_numbers
        ),
        carrier=_carrier(p),
        sources=tuple(_sources(p.parts)),
        consent_addressee=p.agreement.addressee,
        urgency_words=tuple(_urgency_words(p)),
        deadline_quotes=tuple(f.quote for f in p.found),
        findings=tuple(_findings(p)),
        problem_values=p.parts.problem_values,
        attachments=p.parts.attachments,
        text_key=p.key,
    )


def _requester(p: People) -> Party:
    name = p.who.requester
    if p.author.carrier is not None:
        return Party(given=name.given, family=name.family)
    organisation = organisation_of(p.author.kind, p.parts)
    return Party(
        given=name.given, family=name.family, organisation=organisation, contact=_contact(p)
    )


_LONGEST_SENDER = 200  # characters: brackets in brackets are read one in another
_DESK_LINE = re.compile(r"\bligne\b\W{1,3}[\d .]{10,40}", re.IGNORECASE)


def _contact(p: People) -> str | None:
    if p.channel is Channel.PHONE:
        sheet = f"{p.parts.heading}\n{p.parts.own}"
        return phone_number(_DESK_LINE.sub(" ", sheet))
    declared = p.parts.declared
    return p.parts.sender_address or declared.get("phone") or declared.get("author.phone") or None


def _carrier(p: People) -> Party | None:
    """Who handed on the author's letter."""
    if p.author.carrier is None:
        return None
    from_name = p.parts.sender_name
    return Party(
        given=None,
        family=from_name or None,
        contact=p.parts.sender_address or None,
        role=p.author.carrier.value,
    )


def _sources(parts: Parts) -> Iterator[Party]:
    """The authors of forwarded messages, the first author last."""
    for index, source in enumerate(parts.forwarded_from):
        name, address = parseaddr(source[:_LONGEST_SENDER])
        if name or address:
            last = index == len(parts.forwarded_from) - 1
            role = "first author" if last else "intermediary"
            yield Party(family=name or None, contact=address or None, role=role)


def _urgency_words(p: People) -> Iterator[str]:
    """The words that make the item urgent, each once, as written."""
    if p.urgency in (Urgency.LOW, Urgency.NORMAL):
        return
    words: list[str] = [h.words for u, h in p.meaning.urgent if above(u, Urgency.NORMAL)]
    urgent = [f for f in p.found if above(level_of(f, p.received_on), Urgency.NORMAL)]
    words += [f.quote for f in urgent if f.quote]
    words += [f.deadline.period_stated for f in p.found if f.deadline.period_stated]
    words += [h.words for h in p.meaning.weak_words]
    words += [p.linked.reminder_words] if p.linked.first_overdue else []
    kept: list[str] = []
    for word in dict.fromkeys(w for w in words if w):
        if not any(word in other for other in kept):
            kept.append(word)
    yield from kept[:12]


def _findings(p: People) -> Iterator[Finding]:
    author, place = p.author, p.place
    yield _finding(
        "requester.kind", author.kind.value, author.words, author.confidence, author.rule
    )
    yield _finding(
        "requester.relation", author.relation.value, author.words, author.confidence, author.rule
    )
    if place.code is not None:
        yield _finding("establishment", place.code, place.words, place.confidence, place.rule)
    for topic, hit in p.meaning.topics.items():
        yield _finding("topics", topic.value, hit.words, hit.confidence, hit.rule)
    for special, hit in p.meaning.special.items():
        yield _finding("special_situations", special.value, hit.words, hit.confidence, hit.rule)
    for level, hit in p.meaning.urgent:
        yield _finding("urgency", level.value, hit.words, hit.confidence, hit.rule)
    for index, item in enumerate(p.found):
        when = item.deadline.trigger_on or (
            item.deadline.date_on.isoformat() if item.deadline.date_on else "unknown"
        )
        value = f"{item.deadline.kind.value} {when}"
        yield _finding(f"deadlines.{index}", value, item.quote or "", item.confidence, item.rule)
    if p.retention is not None:
        place_name = p.retention[0].name or p.retention[0].kind
        yield _finding("retention_place", place_name, p.retention[1], 0.9, "retention-place")
    if p.linked.is_reminder:
        yield _finding("is_reminder", "true", p.linked.reminder_words, 0.8, "reminder")
    if p.who.number:
        yield _finding("person_concerned.detention_number", p.who.number, "", 0.85, "number")
    yield _finding("language", p.language, "", 0.5 if p.language == "und" else 0.9, "language")


def _finding(field: str, value: str, words: str, confidence: float, rule: str) -> Finding:
    return Finding(field=field, value=value, words=words, confidence=confidence, rule=rule)
