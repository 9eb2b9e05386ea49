"""Who is who in an item: the requester, the person concerned, their names and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.intake.domain.normalise.civil_status import born_on, nationality
from services.intake.domain.normalise.file_numbers import detention_numbers, foreigner_number
from services.intake.domain.normalise.identity.fellow import fellow_names
from services.intake.domain.normalise.identity.own import own_name
from services.intake.domain.normalise.identity.person import person_named
from services.intake.domain.normalise.identity.sender import sender_name
from services.intake.domain.normalise.identity.written import LAWYER
from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name, latin_name
from services.intake.domain.normalise.reference import Reference
from shared.contracts.vocabulary import Channel, RequesterKind

K = RequesterKind


@dataclass(frozen=True, slots=True)
class Who:
    """The names and numbers found, and the words that gave them."""

    requester: Name
    person: Name
    number: str | None = None
    former_numbers: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    foreigner_number: str | None = None
    born_on: date | None = None
    nationality: str | None = None
    lawyer: str | None = None

    @staticmethod
    def nobody() -> Who:
        """Nobody is named."""
        return Who(requester=Name(), person=Name())


def who_is_who(
    channel: Channel,
    kind: RequesterKind,
    parts: Parts,
    reference: Reference,
    texts: tuple[str, ...],
) -> Who:
    """Names and numbers; ``texts`` are the texts to read for the person, the author's first."""
    names = reference.names
    text = "\n".join(texts)
    if kind in SELF_KINDS:
        person = own_name(channel, parts, names, reference, texts)
        requester = person
    elif kind is K.FELLOW_DETAINEE:
        requester, person = fellow_names(parts, reference, text)
    else:
        requester = sender_name(channel, parts, reference)
        person = person_named(channel, parts, reference, text, requester)
    number, former = detention_numbers(kind, parts, reference, text, person)
    written = person
    person = latin_name(person)
    others = (written.whole,) if written != person and written.whole else ()
    lawyer = LAWYER.search(text)
    return Who(
        requester=latin_name(requester),
        person=person,
        number=number,
        former_numbers=former,
        other_names=others,
        foreigner_number=foreigner_number(parts, text),
        born_on=born_on(text, reference, person, own=kind in SELF_KINDS),
        nationality=nationality(reference, kind, parts, texts),
        lawyer=lawyer[1] if lawyer else None,
    )
