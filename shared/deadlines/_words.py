"""Days, hours and numbers as French volunteers read them."""

from __future__ import annotations

from datetime import date, datetime

from shared.french import DAYS, MONTHS, numbered


def day_words(day: date) -> str:
    """« lundi 9 novembre 2026 »."""
    return f"{DAYS[day.weekday()]} {numbered(day)} {MONTHS[day.month - 1]} {day.year}"


def moment_words(moment: date | datetime) -> str:
    """A day, or a day and its hour: « dimanche 15 novembre 2026 à 17 h 30 »."""
    if isinstance(moment, datetime):
        return f"{day_words(moment)} à {moment.hour} h {moment.minute:02d}"
    return day_words(moment)


def plural(count: int, word: str) -> str:
    """« 7 jours », « 1 jour », « 2 mois »."""
    return f"{count} {word}{'s' if count > 1 and not word.endswith('s') else ''}"


def moment_text(moment: date | datetime, separator: str = " ") -> str:
    """ "2026-11-10", or the local "2026-11-15 17:30" with that separator."""
    if isinstance(moment, datetime):
        return f"{moment:%Y-%m-%d}{separator}{moment:%H:%M}"
    return moment.isoformat()
