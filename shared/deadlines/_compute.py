"""From a rule and its trigger to two dates, never one, with all that they rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from shared.deadlines._chains import (
    Chained,
    LegalAid,
    Residence,
    aid_sentence,
    check_order,
    check_restart,
    lengthened,
    restart_day,
    with_legal_aid,
)
from shared.deadlines._counting import Count, count_hours, end_instant
from shared.deadlines._in_force import BadInput, check_in_force, depends_on_decision
from shared.deadlines._places import Seat, seat_of
from shared.deadlines._remarks import decision_day_in, residence_in
from shared.deadlines._reservations import reservations
from shared.deadlines._rules import Confidence, Counting, Nature, Rule
from shared.deadlines._rules import rule as rule_named
from shared.deadlines._words import day_words, moment_text, moment_words
from shared.deadlines._zones import Zone, zone_named

_YEARS = range(1950, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """The two dates of a time limit, and why.

    ``last`` and ``prudent`` are days (their 24:00, local, is the end) or, for limits in hours,
    aware instants in the zone's local time; ``prudent`` is never later than ``last``, and alerts
    are planned on it. ``trigger`` is local too. ``steps`` and ``reservations`` are French
    sentences; the reservations must be shown with the dates. ``confidence`` is the lowest of the
    rules that the dates rest on. ``zone_assumed``: no seat was recognised and no zone given, so
    that the zone is a guess: metropolitan France.
    """

    rule: Rule
    trigger: date | datetime
    last: date | datetime
    prudent: date | datetime
    steps: tuple[str, ...]
    reservations: tuple[str, ...]
    zone: Zone
    confidence: Confidence
    zone_assumed: bool = False

    @property
    def nature(self) -> Nature:
        return self.rule.nature

    @property
    def article(self) -> str:
        return self.rule.article

    @property
    def alert_at(self) -> datetime:
        """The prudent date as a UTC instant: itself, or 24:00 local of that day."""
        return end_instant(self.prudent, self.zone)

    @property
    def over_at(self) -> datetime:
        """When the last day or hour is over, in UTC."""
        return end_instant(self.last, self.zone)

    def texts(self, separator: str = " ") -> tuple[str, str, str]:
        """Trigger, last and prudent: "2026-11-10", or local "2026-11-15 17:30"."""
        return (
            moment_text(self.trigger, separator),
            moment_text(self.last, separator),
            moment_text(self.prudent, separator),
        )


def compute(
    rule: Rule | str,
    trigger: date | datetime,
    *,
    before: str | None = None,
    zone: Zone | str | None = None,
    decided_on: date | None = None,
    residence: Residence | str | None = None,
    aid_asked: date | None = None,
    aid_decided: date | None = None,
    lawyer_named: date | None = None,
) -> Computation:
    """Count ``rule`` from ``trigger``, a local day or instant (an aware one is made local).

    ``before`` names the court or authority that must receive the act, whose seat gives holidays
    and local time; ``zone`` overrides it. ``decided_on`` is the day of the decision, which for
    some rules tells whether they apply. ``residence`` adds a distance, the three ``aid`` days a
    chain of legal aid, only where they act.

    A remark in brackets in ``before`` ("TA Paris (demeure à La Réunion)") may give the residence
    and the day of the decision too.

    Raises UnknownRule, UnknownZone, BadInput (the field is named), NotInForce or
    DecisionDayNeeded (the rules to use instead are named).
    """
    found = rule if isinstance(rule, Rule) else rule_named(rule)
    seat = _seat(found, before, zone)
    decided_on = decided_on or decision_day_in(seat.remark)
    lives = _residence(residence) or residence_in(seat.remark)
    aid = LegalAid(asked_on=aid_asked, decided_on=aid_decided, lawyer_named_on=lawyer_named)
    _check_years(trigger=trigger, decided_on=decided_on, aid_asked=aid_asked)
    _check_years(aid_decided=aid_decided, lawyer_named=lawyer_named)
    local = _local(trigger, seat.zone)
    start = local.date() if isinstance(local, datetime) else local
    check_in_force(found, start, decided_on)
    if found.counting is Counting.HOURS:
        chained = _hours(found, local, seat.zone, lives, aid)
    else:
        chained = _days(found, start, decided_on, seat.zone, lives, aid)
    count = chained.count
    confidence = found.confidence.at_most((chained.by or found).confidence)
    return Computation(
        rule=found,
        trigger=local,
        last=count.last,
        prudent=count.prudent,
        steps=(*_first_steps(found, local, decided_on), *count.steps, _two_dates(found, count)),
        reservations=chained.said
        + reservations(
            found,
            start=start,
            count=count,
            seat=seat,
            place_given=bool(before or zone),
            hour_given=isinstance(local, datetime),
            decided_on=decided_on,
            confidence=confidence,
        ),
        zone=seat.zone,
        confidence=confidence,
        zone_assumed=not seat.found,
    )


def _hours(
    rule: Rule,
    local: date | datetime,
    zone: Zone,
    residence: Residence | None,
    aid: LegalAid,
) -> Chained:
    """Without an hour, the prudent reading of the trigger is 00:00 of its day."""
    start = local if isinstance(local, datetime) else datetime.combine(local, time())
    check_order(aid, start.date())
    helped = (aid_sentence(rule),) if aid.asked_on else ()
    said = (*lengthened(rule, residence, zone).said, *helped)
    return Chained(count_hours(rule, start, zone), said)


def _days(
    rule: Rule,
    start: date,
    decided_on: date | None,
    zone: Zone,
    residence: Residence | None,
    aid: LegalAid,
) -> Chained:
    longer = lengthened(rule, residence, zone)
    if rule.nature is Nature.INTERRUPTION:
        check_restart(aid, start)
        day = restart_day(start, aid.lawyer_named_on)
        step = f"Le délai entier repart le {day_words(day)} : le plus tardif des deux."
        return Chained(Count(day, restart_day(start, None), (step,)), longer.said)
    if rule.nature is Nature.REMAINDER:
        start, aid = _remainder_start(start, decided_on, aid)
    chained = with_legal_aid(rule, start, zone, longer.length, aid)
    count = replace(chained.count, steps=(*longer.steps, *chained.count.steps))
    return replace(chained, count=count, said=(*longer.said, *chained.said))


def _remainder_start(
    trigger: date, decided_on: date | None, aid: LegalAid
) -> tuple[date, LegalAid]:
    """The day on which the whole time began, and the aid days.

    The trigger is the notification of the first decision; or, when it is later than the legal
    aid request, the notification of the aid decision, and ``decided_on`` is then the former.
    """
    if aid.asked_on is None:
        raise BadInput(
            "aid_asked: missing; the days that remain are counted from the legal aid request: "
            "give its day",
            {"aid_asked": ["missing"]},
        )
    if trigger <= aid.asked_on:
        return trigger, aid
    if decided_on is None:
        raise BadInput(
            f"trigger: {trigger} is after aid_asked, {aid.asked_on}; give as trigger the day on "
            "which the first decision (OFPRA) was notified, or give that day as decided_on",
            {"trigger": ["is after aid_asked"]},
        )
    check_order(aid, decided_on)
    notified = [day for day in (trigger, aid.decided_on, aid.lawyer_named_on) if day is not None]
    return decided_on, LegalAid(
        asked_on=aid.asked_on, decided_on=min(notified), lawyer_named_on=max(notified)
    )


def _seat(rule: Rule, before: str | None, zone: Zone | str | None) -> Seat:
    named = seat_of(before)
    if zone is not None:
        given = zone if isinstance(zone, Zone) else zone_named(zone)
        return replace(named, zone=given, found=True, said=named.said if named.found else "")
    if named.found or before or rule.counting is Counting.HOURS:
        return named  # an hour is local to where it was notified, wherever the authority sits
    return seat_of(rule.authority)


def _local(trigger: date | datetime, zone: Zone) -> date | datetime:
    if isinstance(trigger, datetime) and trigger.tzinfo is not None:
        return trigger.astimezone(zone.tz).replace(tzinfo=None, fold=0)
    return trigger


def _residence(value: Residence | str | None) -> Residence | None:
    if value is None or value in tuple(Residence):
        return Residence(value) if value else None
    raise BadInput(
        f"residence: {value!r} is unknown; use {', '.join(Residence)}", {"residence": ["unknown"]}
    )


def _check_years(**days: date | None) -> None:
    for name, day in days.items():
        if day is not None and day.year not in _YEARS:
            raise BadInput(
                f"{name}: {day} lies outside {_YEARS.start} to {_YEARS.stop - 1}; correct the year",
                {name: ["year out of range"]},
            )


def _first_steps(rule: Rule, local: date | datetime, decided_on: date | None) -> tuple[str, ...]:
    what = "" if rule.nature is Nature.REMAINDER else f" ({rule.trigger})"
    steps = [f"Déclenchement{what} : {moment_words(local)}."]
    if decided_on is not None and depends_on_decision(rule):
        since = f" depuis le {day_words(rule.effective_from)}" if rule.effective_from else ""
        steps.append(f"Décision prise le {day_words(decided_on)} : règle en vigueur{since}.")
    return tuple(steps)


def _two_dates(rule: Rule, count: Count) -> str:
    if count.last == count.prudent:
        return f"Date retenue : {moment_words(count.last)} ({rule.article})."
    return (
        f"Deux dates : agir avant la date prudente, {moment_words(count.prudent)} (ni jour franc "
        f"ni report) ; la date limite, {moment_words(count.last)}, seulement faute de mieux "
        f"({rule.article})."
    )
