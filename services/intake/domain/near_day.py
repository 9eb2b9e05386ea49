"""A near day that no rule explains: no request leaves before a person said what it is."""

from __future__ import annotations

import re

from services.intake.domain.commands import AmendRequest, CorrectRequest, ExplainNearDay
from services.intake.domain.errors import (
    NearDayUnexplained,
    NotByRule,
    ReasonMissing,
    WordsIdentify,
)
from services.intake.domain.request import NEAR_DAY, Request
from shared.contracts.intake.events import IntakeEvent, NearDayExplained

# A number or an address of a person, once the days are left out.
_DAY = re.compile(r"\b(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d\b")
_IDENTIFIES = re.compile(r"\d[\d .\-]{4,}\d|\S@\S")


def explained(state: Request, command: ExplainNearDay) -> list[IntakeEvent]:
    """The day starts no clock, says a person, and why; nothing where no day waits for that.

    Raises NotByRule, ReasonMissing, or WordsIdentify for numbers and addresses.
    """
    assert state.request_id is not None  # noqa: S101 - decide looked
    if not command.by.strip() or command.by.startswith("rule "):
        raise NotByRule("explain_near_day", "R39")
    reason = " ".join(command.reason.split())
    if not reason:
        raise ReasonMissing("explain_near_day", "R39")
    if _IDENTIFIES.search(_DAY.sub("", reason)):
        raise WordsIdentify("reason")
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
