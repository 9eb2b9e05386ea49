"""Which version of a rule applies: loi 2024-42 art. 86 IV and the effective days of the table.

For OQTF, return bans, transfers, house arrest and retention the switch of 15 July 2024 looks at
the day on which the decision was *taken*; for all other rules at the day of the trigger.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache

from shared.deadlines._rules import DATA, Rule, rules
from shared.errors import Invalid, Refused

_BY_DECISION = ("oqtf-", "irtf-", "transfer", "house-arrest-", "retention-", "refusal-with-oqtf")

# Triggers, in the table's words, that come after a decision was taken.
_FOLLOWS_A_DECISION = ("notification", "prononcé", "décision", "communication des motifs")


class BadInput(Invalid):
    """An input of a computation contradicts another or is missing; ``fields`` names it."""

    code = "deadlines.bad_input"


class NotInForce(Refused):
    """The rule was not in force for that day; ``instead`` are the rules that were."""

    code = "deadlines.not_in_force"

    def __init__(self, rule: Rule, what: str, day: date, instead: tuple[str, ...]) -> None:
        if rule.effective_from and day < rule.effective_from:
            bound = f"starts on {rule.effective_from}"
        else:
            bound = f"ended on {rule.effective_to}"
        remedy = (
            f"in force then: {', '.join(instead)}"
            if instead
            else "the table holds no rule for that day; ask a jurist"
        )
        super().__init__(f"rule: {rule.id} {bound}, but {what} on {day}; {remedy}")
        self.instead = instead


class DecisionDayNeeded(Refused):
    """Only the day of the decision can tell whether an old rule still applies."""

    code = "deadlines.decision_day_needed"

    def __init__(self, rule: Rule, trigger: date, instead: tuple[str, ...]) -> None:
        super().__init__(
            f"decided_on: {rule.id} ended on {rule.effective_to} for decisions taken after it, "
            f"and the trigger is {trigger}; give the day of the decision, or, if it was taken "
            f"later, use {', '.join(instead)}"
        )
        self.instead = instead


def depends_on_decision(rule: Rule) -> bool:
    """Whether its effective days are compared with the day of the decision."""
    return rule.id.startswith(_BY_DECISION)


def check_in_force(rule: Rule, trigger: date, decided_on: date | None) -> None:
    """Raise NotInForce, DecisionDayNeeded, or BadInput for a decision later than its trigger."""
    by_decision = depends_on_decision(rule)
    follows = by_decision or rule.trigger.startswith(_FOLLOWS_A_DECISION)
    if follows and decided_on is not None and decided_on > trigger:
        raise BadInput(
            f"decided_on: {decided_on} is after the trigger {trigger}; a decision is taken "
            "before it is notified: correct one of them",
            {"decided_on": ["is after the trigger"]},
        )
    if not by_decision:
        if not rule.in_force_on(trigger):
            raise NotInForce(rule, "the trigger is", trigger, instead_of(rule, trigger))
        return
    if decided_on is None:
        if rule.in_force_on(trigger):
            return
        instead = instead_of(rule, trigger)
        if rule.effective_to and rule.effective_to < trigger:
            raise DecisionDayNeeded(rule, trigger, instead)
        raise NotInForce(rule, "the trigger is", trigger, instead)
    if not rule.in_force_on(decided_on):
        raise NotInForce(rule, "the decision was taken", decided_on, instead_of(rule, decided_on))


def instead_of(rule: Rule, day: date) -> tuple[str, ...]:
    """The ids of the rules for the same matter that were in force on ``day``."""
    return tuple(
        other for other in _successions().get(rule.id, ()) if rules()[other].in_force_on(day)
    )


@cache
def _successions() -> dict[str, tuple[str, ...]]:
    pairs: dict[str, tuple[str, ...]] = {}
    with (DATA / "successions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            earlier, later = row["earlier"], row["later"]
            pairs[earlier] = (*pairs.get(earlier, ()), later)
            pairs[later] = (*pairs.get(later, ()), earlier)
    return pairs
