"""The legal time limits as dated data: one ``Rule`` a line of ``data/deadline_rules.csv``."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from shared.errors import Invalid

DATA = Path(__file__).parent / "data"
_DURATION = re.compile(r"(?P<sign>-?)P(?:T(?P<hours>\d+)H|(?P<days>\d+)D|(?P<months>\d+)M)")
_IDEM = "idem"  # as on the line above
_E = TypeVar("_E", bound=StrEnum)


class Counting(StrEnum):
    """The five ways of counting; ``T`` is the day, or for hours the instant, of the trigger."""

    FRANC_DAYS = "franc_days"  # T + N + 1
    CALENDAR_DAYS = "calendar_days"  # T + N
    FRANC_MONTHS = "franc_months"  # (T + N months) + 1
    MONTHS = "months_date_to_date"  # T + N months
    HOURS = "hours"  # clock hour to clock hour


class Nature(StrEnum):
    """What the date is; only the ``deadline`` natures mean a loss of right."""

    DEADLINE = "deadline"
    FIRST_DAY_COUNTS = "deadline_first_day_counts"
    REMAINDER = "deadline_remainder"
    EXTENSION = "extension"
    INTERRUPTION = "interruption"
    EARLIEST_DATE = "earliest_date"
    WINDOW_OPEN = "window_open"
    WINDOW_CLOSE = "window_close"
    AUTHORITY_SILENCE = "authority_silence"
    AUTHORITY_TIME = "authority_time"
    AUTHORITY_MIN_NOTICE = "authority_min_notice"
    INTERNAL_CLOCK = "internal_clock"

    @property
    def loses_a_right(self) -> bool:
        """Whether a right is lost once the date has passed."""
        return self in (Nature.DEADLINE, Nature.FIRST_DAY_COUNTS, Nature.REMAINDER)


class Confidence(StrEnum):
    """How sure the wording, the starting point and the counting are; ``label`` is French."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        return {"high": "élevé", "medium": "moyen", "low": "faible"}[self.value]

    def at_most(self, other: Confidence) -> Confidence:
        """The lower of the two."""
        return max(self, other, key=list(Confidence).index)


class Unit(StrEnum):
    """What a duration counts."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


class RuleTableError(Invalid):
    """A line of the rule table is wrong; the text gives the file, the line and the column."""

    code = "deadlines.rule_table"


class UnknownRule(Invalid):
    """No rule has this id; ``near`` holds the ids that resemble it."""

    code = "deadlines.unknown_rule"

    def __init__(self, rule_id: str, near: list[str]) -> None:
        advice = f"did you mean {', '.join(near)}?" if near else "use one of the table"
        super().__init__(f"rule: {rule_id!r} is not in the table; {advice}", {"rule": [advice]})
        self.near = near


@dataclass(frozen=True, slots=True)
class Duration:
    """``amount`` units; negative counts backwards from the trigger."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One time limit. French texts are those of the table; ``line`` is where it stands there.

    ``effective_from`` and ``effective_to`` are inclusive days, None when open.
    """

    id: str
    label: str
    trigger: str
    duration: Duration
    counting: Counting
    carry_over: bool
    detained_special: str
    situation: str
    authority: str
    article: str
    effective_from: date | None
    effective_to: date | None
    confidence: Confidence
    source: str
    nature: Nature
    notes: str
    line: int

    def in_force_on(self, day: date) -> bool:
        """Whether ``day`` lies between the two effective days, both included."""
        after_start = self.effective_from is None or self.effective_from <= day
        return after_start and (self.effective_to is None or day <= self.effective_to)


def load_rules(path: Path) -> Mapping[str, Rule]:
    """The rules of a table by id; raises RuleTableError naming file, line, column and remedy."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            found = _unique((_rule(row, reader.line_num, path.name) for row in reader), path.name)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RuleTableError(f"{path.name}: cannot be read: {error}") from None
    if not found:
        raise RuleTableError(f"{path.name}: holds no rule; write it as deadline_rules.csv is")
    return found


@cache
def rules() -> Mapping[str, Rule]:
    """All rules of the table by id."""
    return load_rules(DATA / "deadline_rules.csv")


def rule(rule_id: str) -> Rule:
    """The rule of that id; raises UnknownRule with the ids that resemble it."""
    found = rules().get(rule_id)
    if found is None:
        raise UnknownRule(rule_id, difflib.get_close_matches(rule_id, rules(), n=3, cutoff=0.5))
    return found


def _unique(found: Iterable[Rule], file: str) -> Mapping[str, Rule]:
    by_id: dict[str, Rule] = {}
    above = ""
    for each in found:
        if each.id in by_id:
            raise RuleTableError(
                f"{file} line {each.line}: rule_id: {each.id!r} stands already at line "
                f"{by_id[each.id].line}; give it another id"
            )
        above = above if each.detained_special == _IDEM else each.detained_special
        by_id[each.id] = replace(each, detained_special=above)
    return by_id


def _rule(row: Mapping[str, str | None], line: int, file: str) -> Rule:
    cells = _Cells(row, f"{file} line {line}")
    made = Rule(
        id=cells.filled("rule_id"),
        label=cells.filled("label_fr"),
        trigger=cells.filled("trigger_fr"),
        duration=cells.duration("duration"),
        counting=cells.word("counting", Counting),
        carry_over=cells.yes_or_no("weekend_holiday_extension"),
        detained_special=cells.text("detained_special"),
        situation=cells.filled("situation"),
        authority=cells.text("authority"),
        article=cells.filled("article"),
        effective_from=cells.day("effective_from"),
        effective_to=cells.day("effective_to"),
        confidence=cells.word("confidence", Confidence),
        source=cells.filled("source"),
        nature=cells.word("nature", Nature),
        notes=cells.text("notes"),
        line=line,
    )
    _check_whole(made, cells.where)
    return made


_UNITS = {
    Counting.FRANC_DAYS: Unit.DAYS,
    Counting.CALENDAR_DAYS: Unit.DAYS,
    Counting.FRANC_MONTHS: Unit.MONTHS,
    Counting.MONTHS: Unit.MONTHS,
    Counting.HOURS: Unit.HOURS,
}


def _check_whole(made: Rule, where: str) -> None:
    wanted = _UNITS[made.counting]
    if made.duration.unit is not wanted:
        raise RuleTableError(
            f"{where}: duration: {made.duration.unit} do not go with counting {made.counting}, "
            f"which counts {wanted}"
        )
    if made.effective_from and made.effective_to and made.effective_to < made.effective_from:
        raise RuleTableError(
            f"{where}: effective_to: {made.effective_to} is before effective_from "
            f"{made.effective_from}; swap them or leave one empty"
        )


class _Cells:
    """Reads one line's cells; every error names the line and the column."""

    def __init__(self, row: Mapping[str, str | None], where: str) -> None:
        self._row = row
        self.where = where

    def text(self, column: str) -> str:
        value = self._row.get(column)
        if value is None:
            raise RuleTableError(f"{self.where}: {column}: the cell is missing; add the column")
        return value.strip()

    def filled(self, column: str) -> str:
        value = self.text(column)
        if not value:
            raise RuleTableError(f"{self.where}: {column}: empty; fill it in")
        return value

    def word(self, column: str, words: type[_E]) -> _E:
        value = self.text(column)
        try:
            return words(value)
        except ValueError:
            raise RuleTableError(
                f"{self.where}: {column}: {value!r} is unknown; use {', '.join(words)}"
            ) from None

    def yes_or_no(self, column: str) -> bool:
        value = self.text(column)
        if value not in ("yes", "no"):
            raise RuleTableError(f"{self.where}: {column}: {value!r}; write yes or no")
        return value == "yes"

    def day(self, column: str) -> date | None:
        value = self.text(column)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            raise RuleTableError(
                f"{self.where}: {column}: {value!r} is not a day; write 2024-07-15"
            ) from None

    def duration(self, column: str) -> Duration:
        value = self.text(column)
        match = _DURATION.fullmatch(value)
        if match is None:
            raise RuleTableError(
                f"{self.where}: {column}: {value!r}; write P7D, P2M, PT48H, or -P60D to count back"
            )
        unit = next(unit for unit in Unit if match[unit.value] is not None)
        amount = int(match[unit.value])
        return Duration(-amount if match["sign"] else amount, unit)
