"""From what was read of an item to the facts of a request and the people in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from services.intake.domain.normalise import missing as gaps
from services.intake.domain.normalise.meaning import (
    no_right_at_stake,
)
from services.intake.domain.normalise.model import SELF_KINDS, Incoming
from services.intake.domain.normalise.parts import MAX_TEXT
from services.intake.domain.normalise.people_found import People
from services.intake.domain.normalise.understood import Read
from services.intake.domain.normalise.urgency import urgency_of
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import (
    Channel,
    JudicialStatus,
    RequesterKind,
    SpecialSituation,
    Urgency,
    raised,
)

OUTSIDE_PRISON = {
    JudicialStatus.RETAINED,
    JudicialStatus.RELEASED,
    JudicialStatus.PROBATION,
    JudicialStatus.COMMUNITY_SERVICE,
    JudicialStatus.JUDICIAL_SUPERVISION,
    JudicialStatus.PAROLE,
    JudicialStatus.ELECTRONIC_TAG,
    JudicialStatus.HOME_ARREST_TAG,
}


def urgency_told(read_: Read) -> Urgency:
    """How urgent the whole is: its words and days, a reminder overdue, a text not all read."""
    urgency = urgency_of(read_.meaning, read_.found, read_.arrived.on)
    if read_.linked.is_reminder and read_.linked.first_overdue:
        return raised(urgency)  # R22
    if urgency is Urgency.NORMAL and (read_.parts.unread or _read_in_part(read_.item)):
        return Urgency.HIGH  # nobody knows what it, or its rest, says
    if urgency is not Urgency.NORMAL or read_.found or read_.linked.is_reminder:
        return urgency
    low = no_right_at_stake(read_.meaning, read_.author.kind, [r.loose for r in read_.readings])
    return Urgency.LOW if low else urgency


def _read_in_part(item: Incoming) -> bool:
    """Is the text too long to be read whole? (Of a mail, attachments make the length.)"""
    return item.channel is not Channel.EMAIL and len(item.raw) > MAX_TEXT


def facts_of(r: Read) -> RequestFacts:
    """Everything found that names nobody."""
    place, special = r.place, set(r.meaning.special)
    away = r.status in OUTSIDE_PRISON
    former = place.former or (place.code if away else None)
    unnamed = not (r.who.requester.family or r.who.requester.given or r.who.number)
    facts = RequestFacts(
        channel=r.item.channel,
        received_on=r.arrived.on,
        received_at=r.arrived.at,
        written_on=r.written,
        posted_on=r.parts.envelope.posted_on,
        happened_on=_happened(r),
        call_at=r.parts.call_at.isoformat(timespec="minutes") if r.parts.call_at else None,
        conversation=r.parts.conversation,
        requester_kind=r.author.kind,
        relation=r.author.relation,
        author_unknown=(r.author.kind is RequesterKind.UNKNOWN and unnamed)
        or (r.author.kind is RequesterKind.DETAINED_PERSON and unnamed),
        establishment=None if away else place.code,
        establishment_source=None if away else place.source,
        establishment_candidates=place.candidates,
        place_unclear=not away and gaps.place_unclear(r.author.kind, place),
        former_establishment=former,
        moved_from=r.linked.moved_from,
        retention_place=r.retention[0] if r.retention else None,
        judicial_status=r.status,
        language=r.language,
        person_languages=r.person_languages,
        topics=tuple(r.meaning.topics),
        urgency=urgency_told(r),
        special_situations=tuple(s for s in SpecialSituation if s in special),
        deadlines=tuple(f.deadline for f in r.found),
        links=r.linked.links,
        is_reminder=r.linked.is_reminder,
        automatic=False,
        reply_preference=r.agreement.preference,
        reply_blocked=r.agreement.blocked,
        consent=r.agreement.consent,
        consent_scope=r.agreement.scope,
        problems=r.parts.problems,
    )
    return replace(
        facts,
        missing=gaps.missing_of(facts, r.parts, r.who, r.arrived.doubt, doubts=r.doubts),
    )


def _happened(r: Read) -> date | None:
    """The act that the item reports: a notification first, else a transfer, release, judgment."""
    order = ("released", "notification", "decided", "transfer", "conviction")
    starts = [f.deadline.trigger_on for f in r.found if f.deadline.trigger_on]
    if starts:
        return date.fromisoformat(starts[0][:10])
    past = [m for x in r.readings for m in x.moments if m.on and m.on <= r.arrived.on]
    for role in order:
        for moment in past:
            if moment.role == role and moment.mention.exact:
                return moment.on
    danger = {SpecialSituation.VIOLENCE_OR_THREAT, SpecialSituation.SUICIDE_RISK}
    if danger & set(r.meaning.special):
        return next((m.on for m in past if m.role == "unknown" and m.on != r.written), None)
    return None


def people_told(r: Read, urgency: Urgency) -> People:
    """What the private part is made of."""
    return People(
        parts=r.parts,
        author=r.author,
        who=r.who,
        place=r.place,
        meaning=r.meaning,
        found=r.found,
        linked=r.linked,
        agreement=r.agreement,
        retention=r.retention,
        urgency=urgency,
        received_on=r.arrived.on,
        language=r.language,
        key=r.key,
        channel=r.item.channel,
        self_kind=r.author.kind in SELF_KINDS,
    )
