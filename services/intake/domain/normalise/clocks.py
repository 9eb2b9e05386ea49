"""The legal clock of a decision: its rule by the person's situation, its two dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from services.intake.domain.normalise.directory import Establishment
from shared.deadlines import (
    METRO,
    BadInput,
    Computation,
    DecisionDayNeeded,
    NotInForce,
    Rule,
    UnknownRule,
    UnknownZone,
    compute,
    moment_text,
)
from shared.deadlines import rule as rule_named

SHORT_OVERSEAS = {"971", "973", "976"}
# The situations of who was free when the decision came, and of who was placed in retention later.
AFTER_PRISON, AFTER_RETENTION = "after_prison", "after_retention"


@dataclass(frozen=True, slots=True)
class Clock:
    """The end of a legal time limit; ``prudent`` and ``last`` are texts, ``last_on`` a day.

    ``zone`` is None where no seat is known and metropolitan France was only supposed.
    """

    rule_id: str
    prudent: str
    last: str
    prudent_on: date
    last_on: date
    zone: str | None


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
    try:
        found = _counted(rule_named(rule_id), start, place)
    except (NotInForce, DecisionDayNeeded, BadInput, UnknownRule, UnknownZone, OverflowError):
        return None
    return Clock(
        rule_id=rule_id,
        prudent=moment_text(found.prudent, "T"),
        last=moment_text(found.last, "T"),
        prudent_on=_day(found.prudent),
        last_on=_day(found.last),
        zone=None if found.zone_assumed else found.zone.name,
    )


def _counted(rule: Rule, start: date | datetime, place: Establishment | None) -> Computation:
    """Before the court or authority that must receive the act: the administrative court of
    ``place`` for what that court judges, else the seat of the authority, where it has one only."""
    decided_on = start.date() if isinstance(start, datetime) else start
    court = _court(rule, place)
    if rule.authority.startswith(_APPEAL_COURT):
        return compute(rule, start, zone=METRO, decided_on=decided_on)
    if court is None or rule.authority.startswith(_ADMINISTRATIVE_COURT):
        return compute(rule, start, before=court, decided_on=decided_on)
    of_authority = compute(rule, start, decided_on=decided_on)
    if not of_authority.zone_assumed:
        return of_authority
    return compute(rule, start, before=court, decided_on=decided_on)


def _court(rule: Rule, place: Establishment | None) -> str | None:
    """The administrative court of a prison; for who is held at Metz and contests a removal, that
    of Nancy (CESEDA R. 922-6)."""
    if place is None or not place.court:
        return None
    at_metz = place.town == "Metz" and _OF_REMOVALS.search(rule.article)
    return f"TA {'Nancy' if at_metz else place.court}"


# All nine sit in metropolitan France, none in Alsace-Moselle.
_APPEAL_COURT = "cour administrative d'appel"
_ADMINISTRATIVE_COURT = "tribunal administratif"
_OF_REMOVALS = re.compile(r"\b[LR]\. 92[12]-\d+\b")  # CESEDA, book IX, title II


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
