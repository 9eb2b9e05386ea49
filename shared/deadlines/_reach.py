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


_OF_A_LIFE_YEARS = 60  # an order of decades ago may still bar a return


def is_far(kind: DeadlineKind, day: date, today: date) -> bool:
    """Whether ``day`` is more than a year past or three ahead; more, for releases and permits."""
    past, ahead = _LONG.get(kind, (YEARS_PAST, YEARS_AHEAD))
    return not -past * _YEAR_DAYS <= (day - today).days <= ahead * _YEAR_DAYS


def is_told_far(
    kind: DeadlineKind, *, on: date | None, trigger_on: date | None, received_on: date
) -> bool:
    """Whether what a text tells of a deadline lies too far from its arrival to be believed.

    ``on`` is a day given as such, ``trigger_on`` the first of a clock, which may be old.
    """
    ancient = trigger_on is not None and (
        (received_on - trigger_on).days > _OF_A_LIFE_YEARS * _YEAR_DAYS
    )
    return ancient or (on is not None and is_far(kind, on, received_on))
