"""The arithmetic of the five ways of counting, with its steps told in French."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.deadlines._rules import Counting, Duration, Nature, Rule, Unit
from shared.deadlines._words import day_words, moment_words, plural
from shared.deadlines._zones import Zone
from shared.deadlines.calendar import holiday_name, is_working_day, next_working_day

_DAY = timedelta(days=1)
_LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Count:
    """``last``, ``prudent``: days, or aware local instants; ``skipped``: days carried over."""

    last: date | datetime
    prudent: date | datetime
    steps: tuple[str, ...]
    skipped: tuple[date, ...] = ()


def add_months(day: date, months: int) -> date:
    """The same day number that many months later, or earlier; failing it, the month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, length))


def count_days(rule: Rule, start: date, zone: Zone, *, duration: Duration | None = None) -> Count:
    """Count a rule in days or months from ``start``, over ``duration`` instead of the rule's."""
    length = duration or rule.duration
    term = _term(start, length)
    steps = [_length_step(rule, length, term)]
    uncarried = prudent = term
    if rule.counting in (Counting.FRANC_DAYS, Counting.FRANC_MONTHS):
        uncarried = term + _DAY
        steps.append(
            f"Délai franc : le jour de l’échéance ne compte pas non plus, "
            f"le lendemain, {day_words(uncarried)}, est encore utile."
        )
    elif rule.nature is Nature.FIRST_DAY_COUNTS:
        uncarried = prudent = term - _DAY
        steps.append(
            f"Le jour du déclenchement compte comme premier jour : "
            f"le dernier est {day_words(uncarried)}."
        )
    elif rule.nature is Nature.EARLIEST_DATE:
        uncarried = prudent = term + _DAY
        steps.append(f"Premier jour possible : le lendemain, {day_words(uncarried)}.")
    if not rule.carry_over:
        return Count(uncarried, prudent, tuple(steps))
    last, carried, skipped = carry(uncarried, zone)
    return Count(last, prudent, (*steps, *carried), skipped)


def carry(day: date, zone: Zone) -> tuple[date, tuple[str, ...], tuple[date, ...]]:
    """The next working day if ``day`` is none, the step that says so, the days passed over."""
    last = next_working_day(day, zone)
    if last == day:
        return last, (), ()
    skipped = tuple(day + _DAY * n for n in range((last - day).days))
    why = ", ".join(_why_closed(each, zone) for each in skipped)
    step = (
        f"Report au premier jour ouvrable ({zone.label}) : {why} → {day_words(last)} "
        "(CPC 642, CPP 801)."
    )
    return last, (step,), skipped


def count_hours(rule: Rule, start: datetime, zone: Zone) -> Count:
    """Count clock hour to clock hour from ``start``, naive and local to ``zone``.

    The prudent hour is the earliest of the same clock hour and as many elapsed hours, which
    differ when the clocks change.
    """
    hours = timedelta(hours=rule.duration.amount)
    wall = start + hours
    readings = [wall.replace(tzinfo=zone.tz, fold=fold).astimezone(UTC) for fold in (0, 1)]
    elapsed = [start.replace(tzinfo=zone.tz, fold=fold).astimezone(UTC) + hours for fold in (0, 1)]
    last = readings[0].astimezone(zone.tz)
    prudent = min(*readings, *elapsed).astimezone(zone.tz)
    steps = [
        f"{plural(rule.duration.amount, 'heure')}, d’heure à heure "
        f"(heure locale : {zone.label}) : {moment_words(last)}."
    ]
    if prudent != last:
        steps.append(
            "Changement d’heure pendant le délai : même heure d’horloge retenue pour la date "
            f"limite, {plural(rule.duration.amount, 'heure')} réellement écoulées pour la date "
            f"prudente ({moment_words(prudent)})."
        )
    if not rule.carry_over or is_working_day(last.date(), zone):
        return Count(last, prudent, tuple(steps))
    day, carried, skipped = carry(last.date(), zone)
    end = datetime.combine(day, _LAST_MINUTE, tzinfo=zone.tz)
    return Count(end, prudent, (*steps, *carried), skipped)


def end_instant(moment: date | datetime, zone: Zone) -> datetime:
    """When ``moment`` is over, in UTC: the instant itself, or 24:00 local of the day."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment + _DAY, time(), tzinfo=zone.tz).astimezone(UTC)


def _term(start: date, length: Duration) -> date:
    if length.unit is Unit.MONTHS:
        return add_months(start, length.amount)
    return start + _DAY * length.amount


def _length_step(rule: Rule, length: Duration, term: date) -> str:
    amount = abs(length.amount)
    word = plural(amount, "mois" if length.unit is Unit.MONTHS else "jour")
    if length.amount < 0:
        return f"On remonte de {word} avant le déclenchement : {day_words(term)}."
    if length.unit is Unit.MONTHS:
        return (
            f"{word}, de quantième à quantième (à défaut, dernier jour du mois ; CPC 641) : "
            f"{day_words(term)}."
        )
    if rule.nature is Nature.FIRST_DAY_COUNTS:
        return f"Durée : {word}."
    number = "1er" if amount == 1 else f"{amount}e"
    return (
        f"{word} ; le jour du déclenchement ne compte pas : le {number} jour est {day_words(term)}."
    )


def _why_closed(day: date, zone: Zone) -> str:
    name = holiday_name(day, zone)
    return f"{day_words(day)} ({name})" if name else day_words(day)
