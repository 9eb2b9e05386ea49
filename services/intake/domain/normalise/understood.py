"""What was read of an item, before it becomes facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.domain.normalise.agreement import Agreement
from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.found_model import Found
from services.intake.domain.normalise.identity.who import Who
from services.intake.domain.normalise.links import Linked
from services.intake.domain.normalise.meaning import (
    Meaning,
)
from services.intake.domain.normalise.model import Incoming
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.read import Arrived
from services.intake.domain.normalise.scene import (
    Reading,
)
from services.intake.domain.normalise.where import Place
from shared.contracts.intake.facts import RetentionPlace
from shared.contracts.vocabulary import (
    JudicialStatus,
)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of an item, before it becomes facts."""

    item: Incoming
    parts: Parts
    arrived: Arrived
    author: Author
    written: date | None
    readings: Sequence[Reading]
    who: Who
    place: Place
    retention: tuple[RetentionPlace, str] | None
    status: JudicialStatus | None
    meaning: Meaning
    found: Sequence[Found]
    doubts: Sequence[str]
    linked: Linked
    agreement: Agreement
    language: str
    person_languages: tuple[str, ...]
    key: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TakenApart:
    """What an item says by itself; ``understood`` is None of an automatic message without alarm."""

    parts: Parts
    arrived: Arrived
    author: Author
    understood: Read | None
