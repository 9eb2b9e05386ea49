"""The legal clock of a decision: its rule by the person's situation, its two dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from services.intake.domain.normalise.directory import Establishment
from shared.deadlines import (
    BadInput,
    DecisionDayNeeded,
    NotInForce,
    UnknownRule,
    UnknownZone,
    compute,
    moment_text,
)
from shared.deadlines import rule as rule_named

SHORT_OVERSEAS = {"971", "973", "976"}
AFTER_PRISON = "after_prison"  # the situation of who was free when the decision came


@dataclass(frozen=True, slots=True)
class Clock:
    """The end of a legal time limit; ``prudent`` and ``last`` are texts, ``last_on`` a day."""

    rule_id: str
    prudent: str
    last: str
    prudent_on: date
    last_on: date
    zone: str


def rule_for(rules: Mapping[str, str], situation: str, place: Establishment | None) -> str | None:
    """The rule that fits the person's situation, None if none does."""
    if place is not None and place.departement in SHORT_OVERSEAS and "overseas" in rules:
        return rules["overseas"]
    return rules.get(situation) or rules.get("any") or rules.get("detained")


def clock_of(
    rule_id: str, trigger: date, clock: str | None, place: Establishment | None
) -> Clock | None:
    """Count a limit from its trigger; None where it cannot be counted (a rule of another time).

    A limit in hours without an hour is counted from 00:00, the prudent reading. For a decision
    taken before the rule, the older rule that the library names is used if there is one only.
    """
    start: date | datetime = trigger
    if clock or rule_named(rule_id).counting == "hours":
        start = datetime.combine(trigger, time.fromisoformat(clock) if clock else time())
    before = f"TA {place.court}" if place is not None and place.court else None
    try:
        found = compute(rule_id, start, before=before, decided_on=trigger)
    except (NotInForce, DecisionDayNeeded, BadInput, UnknownRule, UnknownZone, OverflowError):
        return None
    return Clock(
        rule_id=rule_id,
        prudent=moment_text(found.prudent, "T"),
        last=moment_text(found.last, "T"),
        prudent_on=_day(found.prudent),
        last_on=_day(found.last),
        zone=found.zone.name,
    )


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
