"""A deadline found in an item, and what the deadlines of an item depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.intake.domain.normalise.directory import Establishment
from services.intake.domain.normalise.jailed import NEVER, Jailed
from shared.contracts.intake.facts import FoundDeadline

DAY = len("2026-01-01")


@dataclass(frozen=True, slots=True)
class Found:
    """A deadline found, the words that show it, and how pressing it is.

    ``pressing`` is the day that counts for urgency: the last day of a clock, or the day given;
    None when there is none. ``unknown_clock``: it runs since an unknown day, ``unreal``: for which
    a day is told that no calendar has. ``hinted``: no word names the decision. ``handed_on``: the
    day of the decision where its clock runs from another one.
    """

    deadline: FoundDeadline
    quote: str | None
    pressing: date | None = None
    unknown_clock: bool = False
    rule: str = ""
    confidence: float = 0.8
    hinted: bool = False
    unreal: bool = False
    handed_on: date | None = None

    @property
    def started(self) -> str:
        """When its clock began, a day or a day with its hour; empty where nobody knows."""
        return self.deadline.trigger_on or ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the deadlines of an item depend on."""

    situation: str
    place: Establishment | None
    received_on: date
    topics: frozenset[str]
    general: bool
    declared: Mapping[str, str]
    waiting_zone: bool = False
    jailed: Jailed = NEVER
