"""Words of the calendar, and what they take, in the French that volunteers read."""

from __future__ import annotations

from datetime import date

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def numbered(day: date) -> str:
    """The day in its month: « 1er », « 2 »."""
    return "1er" if day.day == 1 else str(day.day)


def capital(text: str) -> str:
    """The first letter raised, the rest as it is."""
    return text[:1].upper() + text[1:]
