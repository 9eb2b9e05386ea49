"""Where a limit is counted: the public holidays and the local time of a court's seat.

Sources: C. trav. L. 3133-1 (the eleven, everywhere), L. 3134-13 (Alsace-Moselle), loi of 30 June
1983 (overseas). The ``holidays`` package adds customary days overseas (Mi-Carême, Good Friday,
21 July) that are not in those lists: only its eleven national days and the date of Good Friday
are taken from it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from shared.errors import Invalid

# Days that are supposed to be public holidays, and those supposed not to be; None: as in law.
_SUPPOSED: ContextVar[tuple[frozenset[date], frozenset[date]] | None] = ContextVar(
    "supposed", default=None
)


class UnknownZone(Invalid):
    """No zone has this name."""

    code = "deadlines.unknown_zone"


@dataclass(frozen=True, slots=True)
class Zone:
    """A set of public holidays and a local time.

    ``local_day`` is the (month, day) of the local holiday overseas; ``book_ix`` tells whether
    titles I and II of CESEDA Book IX apply there (L. 931-2 to L. 931-4).
    """

    name: str
    label: str
    timezone: str
    overseas: bool = False
    local_day: tuple[int, int] | None = None
    book_ix: bool = True
    holidays_checked: bool = True

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


METRO = Zone("metro", "métropole", "Europe/Paris")
ALSACE_MOSELLE = Zone("alsace-moselle", "Alsace-Moselle", "Europe/Paris")

ZONES: dict[str, Zone] = {
    zone.name: zone
    for zone in (
        METRO,
        ALSACE_MOSELLE,
        Zone("guadeloupe", "Guadeloupe", "America/Guadeloupe", True, (5, 27), False),
        Zone("martinique", "Martinique", "America/Martinique", True, (5, 22)),
        Zone("guyane", "Guyane", "America/Cayenne", True, (6, 10), False),
        Zone("reunion", "La Réunion", "Indian/Reunion", True, (12, 20)),
        Zone("mayotte", "Mayotte", "Indian/Mayotte", True, (4, 27), False),
        Zone("saint-martin", "Saint-Martin", "America/Marigot", True, (5, 28), False),
        Zone("saint-barthelemy", "Saint-Barthélemy", "America/St_Barthelemy", True, (10, 9), False),
        Zone("saint-pierre-et-miquelon", "Saint-Pierre-et-Miquelon", "America/Miquelon", True),
        # Local holidays below were not looked up: said to the user whenever such a zone is used.
        Zone(
            "nouvelle-caledonie",
            "Nouvelle-Calédonie",
            "Pacific/Noumea",
            True,
            holidays_checked=False,
        ),
        Zone(
            "polynesie-francaise",
            "Polynésie française",
            "Pacific/Tahiti",
            True,
            holidays_checked=False,
        ),
        Zone(
            "wallis-et-futuna",
            "Wallis-et-Futuna",
            "Pacific/Wallis",
            True,
            holidays_checked=False,
        ),
    )
}

_ALIASES = {
    "metropole": "metro",
    "alsace": "alsace-moselle",
    "moselle": "alsace-moselle",
    "la-reunion": "reunion",
    "la-martinique": "martinique",
    "la-guadeloupe": "guadeloupe",
    "la-guyane": "guyane",
    "miquelon": "saint-pierre-et-miquelon",
    "europe/paris": "metro",
} | {zone.timezone.casefold(): zone.name for zone in ZONES.values() if zone.overseas}


def zone_named(name: str) -> Zone:
    """The zone of that name (or of that IANA time zone); raises UnknownZone listing the names."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    key = "-".join(bare.casefold().split())
    zone = ZONES.get(_ALIASES.get(key, key))
    if zone is None:
        raise UnknownZone(f"zone: {name!r} is not a zone; use one of {', '.join(ZONES)}")
    return zone


def public_holidays(year: int, zone: Zone) -> Mapping[date, str]:
    """The public holidays of one year there, with their French names."""
    supposed = _SUPPOSED.get()
    if supposed is None:
        return _in_law(year, zone)
    added, removed = supposed
    days = {day: name for day, name in _in_law(year, zone).items() if day not in removed}
    return days | {day: "jour férié supposé" for day in added if day.year == year}


@contextmanager
def supposing(*, added: Collection[date], removed: Collection[date]) -> Iterator[None]:
    """Within, every zone has these public holidays more, and those less: to see what would be."""
    token = _SUPPOSED.set((frozenset(added), frozenset(removed)))
    try:
        yield
    finally:
        _SUPPOSED.reset(token)


@cache
def _in_law(year: int, zone: Zone) -> Mapping[date, str]:
    days = dict(_national(year))
    if zone == ALSACE_MOSELLE:
        days[_good_friday(year)] = "Vendredi saint"
        days[date(year, 12, 26)] = "lendemain de Noël"
    if zone.local_day is not None:
        days[date(year, *zone.local_day)] = f"fête locale ({zone.label})"
    return days


@cache
def _national(year: int) -> dict[date, str]:
    return {day: name for day, name in _of_france(year).items() if day.year == year}


def _good_friday(year: int) -> date:
    local = _of_france(year, subdivision="57")
    [day] = [d for d in local if d not in _national(year) and (d.month, d.day) != (12, 26)]
    return day


def _of_france(year: int, subdivision: str | None = None) -> Mapping[date, str]:
    # The class itself, which takes a while to load: the package's own way to it by name holds a
    # lock meanwhile, and a green thread that waits for one held by a system's thread never wakes.
    from holidays.countries.france import France

    days: Mapping[date, str] = France(years=year, subdiv=subdivision, language="fr")  # type: ignore[no-untyped-call]
    return days
