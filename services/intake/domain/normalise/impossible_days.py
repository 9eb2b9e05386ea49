"""A day as sent that does not exist: what its sender is told beyond what the log keeps in clear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from shared.contracts.intake.facts import FieldProblem

SEND_A_DAY = "send the date as YYYY-MM-DD"
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")


def day_of(value: str) -> date | None:
    """The day written YYYY-MM-DD; None if it is not, or does not exist."""
    match = _ISO_DAY.match(value.strip())
    return _day(*map(int, match.groups())) if match else None


def is_impossible(value: str) -> bool:
    """Whether it is written YYYY-MM-DD and does not exist."""
    return _ISO_DAY.match(value.strip()) is not None and day_of(value) is None


def told(problem: FieldProblem, value: str) -> FieldProblem:
    """The problem as its sender is told it: of a day, with what of it is wrong.

    That repeats parts of a day that may be somebody's birth, so it is made of the private value
    each time and never stands in the facts.
    """
    if problem.remedy != SEND_A_DAY:
        return problem
    return replace(problem, remedy=SEND_A_DAY + _wrong_in(value))


def all_told(problems: Sequence[FieldProblem], values: Sequence[str]) -> tuple[FieldProblem, ...]:
    """Each of ``problems`` so, with its value; there are no values once the person is erased."""
    known = [*values, *[""] * len(problems)]
    return tuple(told(problem, value) for problem, value in zip(problems, known, strict=False))


def _wrong_in(value: str) -> str:
    match = _ISO_DAY.match(value.strip())
    if match is None or day_of(value) is not None:
        return ""
    year, month, day = map(int, match.groups())
    if month > 12:
        swapped = _day(year, day, month)
        return f"; month {month} does not exist{f' ({swapped}?)' if swapped else ''}"
    return f"; day {day} does not exist in that month"


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
