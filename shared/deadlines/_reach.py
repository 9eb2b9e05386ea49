"""How far from today the day of a deadline is believed: beyond, a person says that it is meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from shared.contracts.vocabulary import DeadlineKind

YEARS_PAST, YEARS_AHEAD = 1, 3
# What is told of lives: a sentence, a card of ten years, one that ran out long ago.
_LONG: Mapping[DeadlineKind, tuple[int, int]] = {
    DeadlineKind.RELEASE_DATE: (20, 40),
    DeadlineKind.PERMIT_EXPIRY: (20, 20),
}
_YEAR_DAYS = 366


def is_far(kind: DeadlineKind, day: date, today: date) -> bool:
    """Whether ``day`` is more than a year past or three ahead; more, for releases and permits."""
    past, ahead = _LONG.get(kind, (YEARS_PAST, YEARS_AHEAD))
    return not -past * _YEAR_DAYS <= (day - today).days <= ahead * _YEAR_DAYS
