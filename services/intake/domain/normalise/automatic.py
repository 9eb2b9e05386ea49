"""An automatic message: closed by rule, and linked to what it answers."""

from __future__ import annotations

from services.intake.domain.normalise.agreement import Agreement
from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.identity.who import Who
from services.intake.domain.normalise.links import likely_links
from services.intake.domain.normalise.meaning import (
    Meaning,
)
from services.intake.domain.normalise.model import Incoming, KnownRequests, Normalised
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people_found import People, people_of
from services.intake.domain.normalise.read import Arrived
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.scene import (
    readings_of,
)
from services.intake.domain.normalise.where import Place
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import (
    Relation,
    RequestState,
    Topic,
    Urgency,
)


def automatic_message(
    item: Incoming,
    parts: Parts,
    arrived: Arrived,
    author: Author,
    known: KnownRequests,
    reference: Reference,
) -> Normalised:
    """An automatic message: closed by rule and linked to what it answers; no danger is hidden."""
    links = likely_links(
        known,
        message_ids=parts.message_ids,
        person=Who.nobody().person,
        numbers=(),
        establishment=None,
        received_on=arrived.on,
        text_key=(),
        own=readings_of([parts.own or "-"], reference, arrived.on)[0].loose,
        automatic=True,
    )
    spoken = reference.languages.of(parts.own) if parts.own else None
    code = spoken.code if spoken and spoken.code != "und" else "en"
    facts = RequestFacts(
        channel=item.channel,
        received_on=arrived.on,
        received_at=arrived.at,
        requester_kind=author.kind,
        relation=Relation.NONE,
        language=code,
        topics=(Topic.OTHER,),
        urgency=Urgency.LOW,
        automatic=True,
        links=links.links,
        problems=parts.problems,
    )
    people = people_of(
        People(
            parts=parts,
            author=author,
            who=Who.nobody(),
            place=Place(),
            meaning=Meaning(),
            found=(),
            linked=links,
            agreement=Agreement(),
            retention=None,
            urgency=Urgency.LOW,
            received_on=arrived.on,
            language=code,
            key=(),
            channel=item.channel,
            self_kind=False,
        )
    )
    return Normalised(
        state=RequestState.CLOSED,
        facts=facts,
        people=people,
        text_key=(),
        lexicon_version=reference.lexicon_version,
    )
