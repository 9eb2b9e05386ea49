"""The time to appeal of somebody free who was put in prison before their month was over.

It is seven days from the information by the prison's registry (CESEDA R. 921-2): counted from
the notification it would be shown as lost while it runs. Where nobody knows the day of that
information, it counts as running. Whoever is placed in retention before their time is over has 48
hours from the information given with the placement (R. 921-1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.intake.domain.normalise.clocks import (
    AFTER_PRISON,
    AFTER_RETENTION,
    Clock,
    clock_of,
    rule_for,
)
from services.intake.domain.normalise.decisions.days import LONGEST_DAYS
from services.intake.domain.normalise.found_model import Scene
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.reference import Decision
from shared.contracts.vocabulary import DeadlineKind

TRIGGER = "information by the registry"
PLACED = "information with the placement"
_PLACED_ANEW = "48 heures à compter de l’information donnée avec le placement (R. 921-1)"
_ANEW = "sept jours à compter de l’information par le greffe (R. 921-2)"
_ASK = "jour inconnu, à demander : le délai est tenu pour commencé"


@dataclass(frozen=True, slots=True)
class Anew:
    """The rule from which time runs anew, and from when: None where nobody knows the day."""

    rule_id: str
    trigger: str
    told: Moment | None
    note: str


def anew(decision: Decision, notified: Moment, scene: Scene) -> Anew | None:
    """How time runs for a decision ``notified`` to who was put in prison later, or in retention;
    None for others."""
    if scene.situation == "retention":
        if decision.deadline is DeadlineKind.RETENTION_APPEAL:
            return _of_the_placement(decision, notified, scene)
        return _in_retention(decision, notified, scene)
    on = notified.on
    rule_id = _rule_of(decision, scene)
    if on is None or rule_id is None or scene.jailed.told_by_registry(on):
        return None
    if not scene.jailed.came_before(on):
        return None
    month_rule = decision.rules["free"]
    month = clock_of(month_rule, on, None, scene.place)
    if month is None:  # a decision of before the rule
        return None
    prison_on = scene.jailed.put_in_on(on)
    told = scene.jailed.told_on(on)
    over = prison_on > month.last_on if prison_on else _long_ago(on, scene) and told is None
    if over:
        note = f"notifiée libre, mois fini le {_day(month.last_on)} avant l’incarcération"
        return Anew(month_rule, decision.trigger, notified, note)
    handed = f"notifiée libre le {_day(on)}, avant l’incarcération"
    if told is not None:
        return Anew(rule_id, TRIGGER, told, f"{handed} : {_ANEW}")
    return Anew(rule_id, TRIGGER, None, f"{handed} : {_ANEW}, {_ASK} ; {_month(month)}")


def _of_the_placement(decision: Decision, notified: Moment, scene: Scene) -> Anew | None:
    """From the placement itself, where the day of what came before it stands nearer."""
    rule_id = rule_for(decision.rules, scene.situation, scene.place)
    placed = scene.jailed.placed_after(notified.on)
    if placed is None or rule_id is None:
        return None
    return Anew(rule_id, decision.trigger, placed, "")


def _in_retention(decision: Decision, notified: Moment, scene: Scene) -> Anew | None:
    """Anew from the placement, if the time that ran till then was not over."""
    on, rule_id = notified.on, decision.rules.get(AFTER_RETENTION)
    placed = scene.jailed.placed_after(on)
    if on is None or placed is None or placed.on is None or rule_id is None:
        return None
    days = scene.jailed.days
    in_prison = bool(days) and days[0] <= on and not scene.jailed.was_free
    till_then = clock_of(decision.rules["detained" if in_prison else "free"], on, None, scene.place)
    if till_then is None or placed.on > till_then.last_on:
        return None
    return Anew(
        rule_id, PLACED, placed, f"notifiée le {_day(on)}, avant la rétention : {_PLACED_ANEW}"
    )


def anew_undated(decision: Decision, month: date | None, scene: Scene) -> Anew | None:
    """The same for a decision without a day; ``month``: the last day of the month told of it."""
    rule_id = _rule_of(decision, scene)
    days = scene.jailed.days
    before = scene.jailed.was_free or (month is not None and bool(days) and month < days[0])
    if not (rule_id and before):
        return None
    handed = "notifiée libre, avant l’incarcération"
    told = scene.jailed.told_on(None)
    if told is not None:
        return Anew(rule_id, TRIGGER, told, f"{handed} : {_ANEW}")
    return Anew(rule_id, TRIGGER, None, f"{handed} : {_ANEW}, {_ASK}")


def _rule_of(decision: Decision, scene: Scene) -> str | None:
    """The rule that counts anew, where the person's situation and place have it."""
    detained = scene.situation == "detained"
    usual = rule_for(decision.rules, scene.situation, scene.place)
    return (
        decision.rules.get(AFTER_PRISON)
        if detained and usual == decision.rules.get("detained")
        else None
    )


def _long_ago(on: date, scene: Scene) -> bool:
    return (scene.received_on - on).days > LONGEST_DAYS


def _month(month: Clock) -> str:
    return (
        f"sans cette information, le mois semble continuer ({_day(month.prudent_on)}, "
        f"au plus tard {_day(month.last_on)})"
    )


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"
