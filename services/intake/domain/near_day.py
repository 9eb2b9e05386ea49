"""A near day that no rule explains: no request leaves before a person said what it is."""

from __future__ import annotations

from services.intake.domain.commands import AmendRequest, CorrectRequest, ExplainNearDay
from services.intake.domain.errors import (
    NearDayUnexplained,
    NotByRule,
)
from services.intake.domain.request import NEAR_DAY, Request
from services.intake.domain.saying import words
from shared.contracts.acting import is_person
from shared.contracts.intake.events import IntakeEvent, NearDayExplained


def explained(state: Request, command: ExplainNearDay) -> list[IntakeEvent]:
    """The day starts no clock, says a person, and why; nothing where no day waits for that.

    Raises NotByRule, ReasonMissing, or WordsIdentify for numbers and addresses.
    """
    assert state.request_id is not None  # noqa: S101 - decide looked
    if not is_person(command.by):
        raise NotByRule("explain_near_day", "R39")
    reason = words(command.reason, "reason", "explain_near_day", "R39")
    if not state.near_day_open:
        return []
    told = NearDayExplained(
        request_id=state.request_id,
        register=state.register,
        deadline_id=None,
        reason=reason,
        by=command.by,
    )
    return [told]


def no_open_near_day(state: Request, command: str) -> None:
    """Raise NearDayUnexplained while nobody said what the day is."""
    if state.near_day_open:
        raise NearDayUnexplained(command, state.request_id)


def need_near_day(state: Request, command: CorrectRequest | AmendRequest, name: str) -> None:
    """As above, for findings that say nothing of it and yet would count it as understood."""
    given = NEAR_DAY in command.fields and command.facts.deadlines
    settles = isinstance(command, CorrectRequest) or NEAR_DAY not in command.facts.missing
    if settles and not given:
        no_open_near_day(state, name)
