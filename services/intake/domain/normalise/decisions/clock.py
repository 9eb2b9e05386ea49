"""The deadline of a decision, with the day from which it runs or without."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.intake.domain.normalise.clocks import Clock, clock_of, rule_for
from services.intake.domain.normalise.decisions.after_prison import Anew, anew, anew_undated
from services.intake.domain.normalise.decisions.days import is_past, month_only, raw_span
from services.intake.domain.normalise.decisions.words import OLD, is_feared, is_over
from services.intake.domain.normalise.found_model import Found, Scene
from services.intake.domain.normalise.general import GENERAL
from services.intake.domain.normalise.handed_over import Told
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.periods import stated_end
from services.intake.domain.normalise.reference import Decision
from services.intake.domain.normalise.text import Folded
from shared.contracts.intake.facts import FoundDeadline

UNKNOWN = "date inconnue : le délai est tenu pour commencé"
_ASK = "le délai est tenu pour commencé, une personne demande le bon jour"
UNREAL = f"ce jour n’existe pas : {_ASK}"
AHEAD = f"ce jour n’était pas encore venu à l’arrivée de la demande : {_ASK}"


def with_its_day(decision: Decision, days: Told, period: str | None, scene: Scene) -> Found:
    """The decision handed over on the day told; ``period``: the time to appeal that it states."""
    switch = anew(decision, days.moment, scene)
    if switch is not None and switch.told is None:
        return _running(decision, switch, days.moment, period)
    moment = switch.told if switch and switch.told else days.moment
    on = moment.on or scene.received_on
    rule_id = switch.rule_id if switch else rule_for(decision.rules, scene.situation, scene.place)
    clock = clock_of(rule_id, on, moment.clock, scene.place) if rule_id else None
    ends = [clock.prudent_on, clock.last_on] if clock else []
    stated = stated_end(period, on)
    note = decision.note if decision.weak else None
    if stated is not None:
        ends.append(stated)
    if period and ";" in period:
        note = "deux délais annoncés : le plus court vaut jusqu’à ce qu’une personne décide"
    elif period and clock and stated is not None and stated != clock.last_on:
        note = "le délai annoncé n’est pas celui de la règle : le plus court vaut d’ici là"
    pressing = _pressing(ends, clock, scene.received_on)
    if pressing is not None and pressing < scene.received_on:
        note = "déjà dépassé à l’arrivée (R41) : une personne cherche une autre voie"
    deadline = FoundDeadline(
        kind=decision.deadline,
        trigger=switch.trigger if switch else decision.trigger,
        trigger_on=f"{on.isoformat()}T{moment.clock}" if moment.clock else on.isoformat(),
        period_stated=period,
        rule_candidate=rule_id,
        prudent=clock.prudent if clock else None,
        last=clock.last if clock else None,
        zone=clock.zone if clock else None,
        note=" ; ".join(filter(None, (switch.note if switch else None, days.note, note))) or None,
    )
    confidence = 0.5 if days.doubtful else 0.7 if days.other else 0.85
    return Found(
        deadline,
        moment.words,
        pressing,
        rule=decision.rule.id,
        confidence=confidence,
        handed_on=days.moment.on,
    )


def _running(decision: Decision, switch: Anew, notified: Moment, period: str | None) -> Found:
    """A clock that runs anew since a day that nobody told."""
    deadline = FoundDeadline(
        kind=decision.deadline,
        trigger=switch.trigger,
        period_stated=period,
        rule_candidate=switch.rule_id,
        note=switch.note,
    )
    return Found(
        deadline, notified.words, None, True, decision.rule.id, 0.75, handed_on=notified.on
    )


def _pressing(ends: list[date], clock: Clock | None, received_on: date) -> date | None:
    """The earliest end still ahead; else the latest one past (the chance that remains longest)."""
    ahead = [e for e in ends if e >= received_on]
    if ahead:
        return min(ahead)
    return max(ends, default=None)


def without_a_day(
    decision: Decision,
    hits: list[Hit],
    loose: Folded,
    plain: Folded,
    moments: Sequence[Moment],
    period: str | None,
    scene: Scene,
    *,
    impossible: Moment | None = None,
) -> Found | None:
    """The decision without a day: its clock counts as running, unless it is old or only feared.

    ``impossible``: the day that the text gives, which no calendar has or which was yet to come;
    quoted for who will ask.
    """
    if not decision.runs_undated or scene.general:
        return None
    for hit in hits:
        start, end = loose.sentence(hit.start)
        around = loose.text[max(start, hit.start - 70) : min(end, hit.end + 60)]
        if is_over(loose, hit) or is_feared(loose, hit) or GENERAL.search(around):
            continue
        month = month_only(moments, plain, raw_span(loose, hit), scene)
        if month is None and OLD.search(around):
            continue
        rule_id = rule_for(decision.rules, scene.situation, scene.place)
        switch = anew_undated(decision, month, scene)
        if month is not None and is_past(month, None if switch else rule_id, scene):
            continue
        if switch is not None and switch.told is not None and impossible is None:
            return with_its_day(decision, Told(switch.told), period, scene)
        deadline = FoundDeadline(
            kind=decision.deadline,
            trigger=switch.trigger if switch else decision.trigger,
            period_stated=period,
            rule_candidate=None if decision.weak else switch.rule_id if switch else rule_id,
            note=_why_undated(decision, switch, impossible),
        )
        confidence = 0.6 if decision.weak else 0.75
        quote = impossible.words if impossible else loose.words(hit.start, hit.end)
        unreal = impossible is not None and impossible.unreal
        return Found(deadline, quote, None, True, decision.rule.id, confidence, unreal=unreal)
    return None


def _why_undated(decision: Decision, switch: Anew | None, impossible: Moment | None) -> str:
    if impossible is not None:
        return UNREAL if impossible.unreal else AHEAD
    return switch.note if switch else decision.note or UNKNOWN
