"""One item in, one normalised request out: pure, deterministic, without a clock.

Nothing that arrives is refused: what cannot be understood comes out as ``needs_review`` with the
field named. In doubt, urgency goes up and a person reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from services.intake.domain.normalise import missing as gaps
from services.intake.domain.normalise.agreement import agreement_of
from services.intake.domain.normalise.author.find import find_author
from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.automatic import automatic_message
from services.intake.domain.normalise.decisions.behind_retention import removal_behind_retention
from services.intake.domain.normalise.doubts import (
    UNREAD,
    note_likeness,
    note_unexplained,
    noting_far_days,
)
from services.intake.domain.normalise.facts_told import (
    OUTSIDE_PRISON,
    facts_of,
    people_told,
    urgency_told,
)
from services.intake.domain.normalise.found import deadlines_in
from services.intake.domain.normalise.found_model import Found, Scene
from services.intake.domain.normalise.general import general_question
from services.intake.domain.normalise.given_days import callback
from services.intake.domain.normalise.hidden import hides_a_request, opened, without_absence
from services.intake.domain.normalise.identity.who import who_is_who
from services.intake.domain.normalise.known import text_key
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.links import Linked, likely_links
from services.intake.domain.normalise.machine import Machine
from services.intake.domain.normalise.meaning import (
    Meaning,
    meaning_of,
    note_age,
    note_decision,
    note_nursery,
    note_retention,
)
from services.intake.domain.normalise.model import SELF_KINDS, Incoming, KnownRequests, Normalised
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people_found import people_of
from services.intake.domain.normalise.promises import promised_calls
from services.intake.domain.normalise.read import Arrived, arrival, read
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.scene import (
    Reading,
    judicial_status,
    not_the_scribes,
    readings_of,
    texts_of,
    written_on,
)
from services.intake.domain.normalise.text import fold
from services.intake.domain.normalise.understood import Read, TakenApart
from services.intake.domain.normalise.urgency import urgency_of
from services.intake.domain.normalise.where import Place, find_place, retention_place
from shared.contracts.intake.facts import RetentionPlace
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    JudicialStatus,
    Language,
    RequesterKind,
    SpecialSituation,
    Topic,
    Urgency,
)

_INSIDE = {RequesterKind.DETAINED_PERSON, RequesterKind.FELLOW_DETAINEE}
_WRITES_FROM_INSIDE = {RequesterKind.FELLOW_DETAINEE, RequesterKind.UNKNOWN}


def take_apart(item: Incoming, reference: Reference) -> TakenApart:
    """Read ``item`` alone: long work on a large one, which asks nobody and changes nothing."""
    parts = read(item, reference)
    arrived = arrival(item, parts)
    if parts.automatic not in {None, Machine.OTHER}:
        return _hidden(item, parts, arrived, reference) or TakenApart(
            parts, arrived, find_author(item.channel, parts, reference), None
        )
    author = find_author(item.channel, parts, reference)
    return TakenApart(parts, arrived, author, _understood(item, parts, arrived, author, reference))


def _hidden(
    item: Incoming, parts: Parts, arrived: Arrived, reference: Reference
) -> TakenApart | None:
    """An automatic message read like any other, if a request hides in it; a person finds whose."""
    apart = replace(opened(parts), missing=(*parts.missing, "requester.kind"))
    author = find_author(item.channel, apart, reference)
    understood = _understood(item, apart, arrived, author, reference, automatic=True)
    urgent = urgency_told(without_absence(parts, understood)) in {Urgency.HIGH, Urgency.CRITICAL}
    if not hides_a_request(parts, understood, urgent=urgent):
        return None
    return TakenApart(apart, arrived, author, understood)


def normalise(item: Incoming, *, known: KnownRequests, reference: Reference) -> Normalised:
    """Everything that can be understood of ``item``, as suggestions with the words that show it.

    ``known`` answers what the register already has. Never raises on any content of ``item``.
    """
    return put_together(item, take_apart(item, reference), known=known, reference=reference)


def put_together(
    item: Incoming, apart: TakenApart, *, known: KnownRequests, reference: Reference
) -> Normalised:
    """What ``take_apart`` found, with what ``known`` has to do with it."""
    if apart.understood is None:
        return automatic_message(item, apart.parts, apart.arrived, apart.author, known, reference)
    understood = replace(apart.understood, linked=_linked(apart.understood, known))
    facts = facts_of(understood)
    people = people_of(people_told(understood, facts.urgency))
    state = gaps.state_of(facts)
    return Normalised(
        state=state,
        facts=facts,
        people=people,
        text_key=understood.key,
        lexicon_version=reference.lexicon_version,
    )


def _understood(
    item: Incoming,
    parts: Parts,
    arrived: Arrived,
    author: Author,
    reference: Reference,
    *,
    automatic: bool = False,
) -> Read:
    """``automatic``: no person wrote it, and what nothing explains raises no doubt."""
    written = written_on(item.channel, parts, author, reference, arrived.on)
    texts = texts_of(parts, author)
    heading = parts.heading if item.channel is Channel.REFERRAL else ""
    base = written or parts.envelope.posted_on or arrived.on
    readings = readings_of(texts, reference, base, heading=heading)
    if author.kind is RequesterKind.FELLOW_DETAINEE:
        readings = [not_the_scribes(r) for r in readings]
    of_another = author.kind not in SELF_KINDS | _WRITES_FROM_INSIDE
    place = find_place(
        item.channel,
        parts,
        texts,
        reference.directory,
        of_another=of_another,
        inside=author.kind in _INSIDE,
    )
    whole = "\n".join(texts)
    minors = (place.code or "").startswith("epm-")
    meaning = meaning_of(
        [r.loose for r in readings],
        reference,
        author.kind,
        minors_place=minors,
        relation=author.relation,
    )
    note_nursery(meaning, parts.envelope.back)
    held = retention_place(parts.envelope.back, reference.retention_places)
    if held is not None:
        note_retention(meaning, held[1])
    elif author.kind is RequesterKind.RETAINED_PERSON:
        note_retention(meaning, author.words)  # who says to write from there is there
    retained = SpecialSituation.RETENTION in meaning.special
    if retained and author.kind is RequesterKind.DETAINED_PERSON:
        author = replace(author, kind=RequesterKind.RETAINED_PERSON)
    status = judicial_status(author, parts, readings, retained=retained)
    who = who_is_who(item.channel, author.kind, parts, reference, texts)
    note_age(meaning, parts.born_on or who.born_on, arrived.on)
    retention = held or (retention_place(whole, reference.retention_places) if retained else None)
    found = _deadlines(
        item, author, parts, arrived, readings, place, status, meaning, reference, retention
    )
    doubts: tuple[str, ...] = ()
    if not (automatic or general_question([r.loose for r in readings], meaning, author.kind)):
        days = _days_to_read(readings, found, arrived, written, reference)
        if note_unexplained(meaning, days, found, arrived.on):
            doubts = ("deadlines",)
        likeness = reference.resemblance.of([r.loose for r in readings])
        doubts += note_likeness(meaning, likeness, found, arrived.on)
    noted = noting_far_days(found, arrived.on)
    if noted != found:
        found = noted
        doubts += ("deadlines",)
    key = text_key(texts[0]) if texts else ()
    words = texts[0] if author.carrier and texts else parts.own or whole
    language = _language(item.channel, parts, reference.languages.of(words).code)
    if not (automatic or reference.languages.knows_dangers(language, words)):
        doubts += UNREAD
    codes = [c for r in readings for c in reference.languages.spoken_by_person(r.plain.text)[0]]
    return Read(
        item=item,
        parts=parts,
        arrived=arrived,
        author=author,
        written=written,
        readings=readings,
        who=who,
        place=place,
        retention=retention,
        status=status,
        meaning=meaning,
        found=found,
        doubts=doubts,
        linked=Linked(),
        agreement=agreement_of(item.channel, parts, author, who, readings, tuple(meaning.special)),
        language=language,
        person_languages=_person_languages(parts, codes),
        key=key,
    )


def _linked(r: Read, known: KnownRequests) -> Linked:
    """The requests of the register that this one may belong to."""
    if not r.readings:
        return Linked()
    return likely_links(
        known,
        message_ids=r.parts.message_ids,
        person=r.who.person,
        numbers=tuple(n for n in (r.who.number, *r.who.former_numbers) if n),
        establishment=r.place.code,
        received_on=r.arrived.on,
        text_key=r.key,
        own=r.readings[0].loose,
        subject=fold(r.parts.subject, loose=True) if r.parts.subject else None,
        automatic=False,
    )


def _language(channel: Channel, parts: Parts, spoken: str) -> str:
    """The language of the author's words; a note in brackets or a form's field helps a doubt.

    Sheets are written by the desk and its teams, in French, however short their notes are.
    """
    if parts.declared and not parts.declared.get("message"):
        return "fr"  # a partner's record without a text: its fields are the desk's own
    hint = (parts.language_hint or "").casefold()[:3]
    if spoken == "und" and hint in set(Language):
        return hint
    sheet = parts.conversation == "live" or channel is Channel.REFERRAL
    noted = sheet and len(_WORD.findall(parts.own[:2000])) >= 8  # words, not a scrawl
    return "fr" if spoken == "und" and noted else spoken


_WORD = re.compile(r"[A-Za-zÀ-ÿ]{3,99}")


def _person_languages(parts: Parts, codes: Sequence[str]) -> tuple[str, ...]:
    declared = parts.declared.get("person.language")
    return tuple(dict.fromkeys([*([declared.casefold()] if declared else []), *codes]))


def _deadlines(
    item: Incoming,
    author: Author,
    parts: Parts,
    arrived: Arrived,
    readings: Sequence[Reading],
    place: Place,
    status: JudicialStatus | None,
    meaning: Meaning,
    reference: Reference,
    retention: tuple[RetentionPlace, str] | None,
) -> list[Found]:
    situation = "detained"
    if status is JudicialStatus.RETAINED:
        situation = "retention"
    elif Topic.HOUSE_ARREST in meaning.topics:
        situation = "house_arrest"
    elif status in OUTSIDE_PRISON:
        situation = "free"
    code = place.code or place.former
    scene = Scene(
        situation=situation,
        place=reference.directory.by_code.get(code) if code else None,
        received_on=arrived.on,
        topics=frozenset(t.value for t in meaning.topics),
        general=general_question([r.loose for r in readings], meaning, author.kind),
        declared=parts.declared,
        waiting_zone=retention is not None and retention[0].kind == "za",
    )
    found = deadlines_in([(r.loose, r.plain, r.moments) for r in readings], reference, scene)
    found = removal_behind_retention(found, scene, [r.loose for r in readings])
    for clock in found:
        if clock.hinted or clock.deadline.kind is DeadlineKind.REMOVAL_DATE:
            note_decision(meaning, clock.deadline.kind, clock.quote or "")
    urgent = urgency_of(meaning, found, arrived.on)
    if item.channel is Channel.PHONE and parts.conversation == "voicemail":
        found = [*found, callback(arrived.on, urgent=urgent in {Urgency.HIGH, Urgency.CRITICAL})]
    elif item.channel is Channel.PHONE:
        found = [*found, *promised_calls([(r.plain, r.moments) for r in readings], arrived.on)]
    return found


def _days_to_read(
    readings: Sequence[Reading],
    found: Sequence[Found],
    arrived: Arrived,
    written: date | None,
    reference: Reference,
) -> Iterator[tuple[Urgency, Hit]]:
    """The days near the arrival that nothing explains."""
    texts = [(r.plain, r.moments) for r in readings]
    return reference.unexplained.days(texts, found, arrived.on, {written})
