"""Days, hours, counts and units in the words that volunteers read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from shared.clock import PARIS
from shared.french import DAYS, MONTHS, numbered
from shared.french import capital as capital

NBSP = "\N{NO-BREAK SPACE}"


def day(value: date) -> str:
    """« mardi 17 mars 2026 »; the first of a month is « 1er »."""
    return f"{DAYS[value.weekday()]} {short_day(value)} {value.year}"


def short_day(value: date) -> str:
    """« 17 mars »."""
    return f"{numbered(value)} {MONTHS[value.month - 1]}"


def moment(value: datetime) -> str:
    """An aware instant in Paris: « mardi 17 mars 2026 à 15 h 30 »."""
    there = value.astimezone(PARIS)
    return f"{day(there.date())} à {hour(there)}"


def hour(value: datetime) -> str:
    """« 15 h 30 », « 9 h »."""
    minutes = f"{NBSP}{value.minute:02}" if value.minute else ""
    return f"{value.hour}{NBSP}h{minutes}"


def local(value: str | None) -> str | None:
    """A local day ("2026-11-10") or local instant ("2026-11-15T17:30") in words.

    An hour says that it is that of the place, which may be overseas, as messages do.
    """
    if value is None:
        return None
    if "T" not in value:
        return day(date.fromisoformat(value))
    at = datetime.fromisoformat(value)
    return f"{day(at.date())} à {hour(at)} (heure locale)"


def local_day(value: str | None) -> date | None:
    """The day of a local day or instant."""
    return date.fromisoformat(value[:10]) if value else None


class NoSuchHour(ValueError):
    """The clocks leap over that hour."""


def in_paris(on: str, hour: str) -> datetime:
    """The instant of a day ("2026-03-17") and an hour ("15:30") in Paris; else ValueError."""
    shown = datetime.fromisoformat(f"{on}T{hour}")
    instant = shown.replace(tzinfo=PARIS)
    if instant.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != shown:
        raise NoSuchHour(hour)
    return instant


def distance(value: date, today: date) -> str:
    """« aujourd'hui », « demain », « dans 3 jours », « hier », « il y a 4 jours »."""
    days = (value - today).days
    near = {0: "aujourd’hui", 1: "demain", -1: "hier"}
    if days in near:
        return near[days]
    return f"dans {count(days, 'jour')}" if days > 0 else f"il y a {count(-days, 'jour')}"


def count(number: int, word: str, plural: str | None = None) -> str:
    """« 1 jour », « 3 jours »; nothing and one are singular in French."""
    return f"{number}{NBSP}{word if number < 2 else plural or word + 's'}"


def size(size_bytes: int) -> str:
    """« 12 ko », « 3,4 Mo »."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))}{NBSP}ko"
    return f"{size_bytes / 1_000_000:.1f}".replace(".", ",") + f"{NBSP}Mo"


_TYPE_WORDS = re.compile(
    r"^(centre pénitentiaire|maison d['’]arrêt|maison centrale|centre de détention"
    r"|centre de semi-liberté|établissement pénitentiaire pour mineurs)"
    r"\s+(pour femmes\s+)?(de la |de l['’]|des |de |du |d['’])?",
    re.IGNORECASE,
)


def place(kind: str, name: str) -> str:
    """« CP Fresnes » for "CP", "Centre pénitentiaire de Fresnes"."""
    return f"{kind.upper()}{NBSP}{_TYPE_WORDS.sub('', name).strip()}"


def unit(value: str | None, places: Mapping[str, str]) -> str:
    """« Permanence », « Coordination », « Équipe CP Fresnes »; ``places`` maps codes to names."""
    if value is None:
        return "pas encore attribuée"
    if value in ("desk", "coordination"):
        return {"desk": "Permanence", "coordination": "Coordination"}[value]
    kind, _, code = value.partition(":")
    name = places.get(code, code)
    return f"Référent·e {name}" if kind == "team_lead" else f"Équipe {name}"


_MARKS = re.compile(r"(?<=«) | (?=»)| (?=[:;?!](?:[\s<{]|$))")


def unbroken(text: str) -> str:
    """``text`` with a no-break space wherever French puts a space next to a mark."""
    return _MARKS.sub(NBSP, text)
