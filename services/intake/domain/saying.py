"""What a person says in words that are kept in clear: they name nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from services.intake.domain.errors import ReasonMissing, WordsIdentify
from shared.contracts.acting import is_person
from shared.contracts.intake.events import (
    ConsentRecorded,
    IntakeEvent,
    NearDayExplained,
    RequestPutOnHold,
    RequestReopened,
    RequestUrgencyChanged,
)
from shared.contracts.intake.facts import Party, RequestPeople
from shared.identifying import identifies, names_somebody


def words(text: str, field: str, command: str, rule: str) -> str:
    """``text`` in one line; raises ReasonMissing, or WordsIdentify for numbers and addresses."""
    said = clear(text, field)
    if not said:
        raise ReasonMissing(command, rule)
    return said


def clear(text: str, field: str) -> str:
    """The same of words that may be left out."""
    said = " ".join(text.split())
    if identifies(said):
        raise WordsIdentify(field)
    return said


def name_nobody(
    events: Iterable[IntakeEvent], people: RequestPeople | None, is_place: Callable[[str], bool]
) -> None:
    """Raise WordsIdentify if what a person says in clear in ``events`` names one of ``people``."""
    if people is None:
        return
    known = list(_names(people))
    for event in events:
        for field, said in _said(event):
            if names_somebody(said, known, is_place=is_place):
                raise WordsIdentify(field)


def _names(people: RequestPeople) -> Iterator[str | None]:
    yield from (people.person_given, people.person_family, *people.other_names)
    for party in (people.requester, people.carrier or Party(), *people.sources):
        yield from (party.given, party.family)


def _said(event: IntakeEvent) -> Iterator[tuple[str, str]]:
    match event:
        case RequestReopened(reason=reason) | NearDayExplained(reason=str(reason)):
            yield "reason", reason
        case RequestUrgencyChanged(reason=reason, by=by) if is_person(by):
            yield "reason", reason
        case RequestPutOnHold(waiting_for=waiting_for):
            yield "waiting_for", waiting_for
        case ConsentRecorded(scope=scope):
            yield "scope", scope
        case _:
            pass
