"""Reads one CSV file of the directory: each cell with its place, each mistake with its remedy."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from shared.errors import Invalid

_Value = TypeVar("_Value")

YES_NO = {"yes": True, "no": False, "oui": True, "non": False, "": False}
LARGEST_ROWS = 20_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class BadDirectory(Invalid):
    """The files cannot be imported as they are; nothing was applied.

    ``fields`` maps "teams.csv:3:state" (file, line, column) to what is wrong and the remedy.
    """

    code = "routing.bad_directory"

    def __init__(self, problems: dict[str, list[str]]) -> None:
        count = sum(len(texts) for texts in problems.values())
        first, texts = next(iter(problems.items()))
        super().__init__(
            f"{first}: {texts[0]}"
            + (f" (and {count - 1} more)" if count > 1 else "")
            + "; nothing was imported",
            problems,
        )


@dataclass(slots=True)
class Problems:
    """Mistakes found so far, by place."""

    by_place: dict[str, list[str]] = field(default_factory=dict)

    def add(self, file: str, line: int, column: str, text: str) -> None:
        self.by_place.setdefault(f"{file}:{line}:{column}", []).append(text)

    def raise_if_any(self) -> None:
        """Raises BadDirectory with all of them."""
        if self.by_place:
            raise BadDirectory(self.by_place)


@dataclass(frozen=True, slots=True)
class Row:
    """One line; a cell that is wrong is noted in ``problems`` and read as None."""

    file: str
    line: int
    cells: dict[str, str]
    problems: Problems

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def wrong(self, column: str, text: str) -> None:
        self.problems.add(self.file, self.line, column, text)

    def needed(self, column: str) -> str:
        """The cell, which must not be empty."""
        value = self.text(column)
        if not value:
            self.wrong(column, "is empty; fill it in")
        return value

    def many(self, column: str) -> tuple[str, ...]:
        """Values separated by a vertical bar."""
        return tuple(part.strip() for part in self.text(column).split("|") if part.strip())

    def day(self, column: str) -> date | None:
        value = self.text(column)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(column, f"{value[:20]!r} is no day; write it as 2026-03-31")
            return None

    def one_of(self, column: str, known: Mapping[str, _Value]) -> _Value | None:
        value = self.text(column).casefold()
        if value in known:
            return known[value]
        allowed = ", ".join(sorted(filter(None, known)))
        self.wrong(column, f"{value[:20]!r} is not known; write one of {allowed}")
        return None

    def count(self, column: str) -> int | None:
        value = self.text(column)
        if not value:
            return None
        if not value.isdecimal() or len(value) > 4:
            self.wrong(column, f"{value[:20]!r} is no number; write 0 or more, or leave it empty")
            return None
        return int(value)


def read_rows(
    file: str,
    text: str,
    *,
    needed: Collection[str],
    allowed: Collection[str],
    problems: Problems,
) -> Iterator[Row]:
    """The lines of ``text``, separated by commas or semicolons, under a header.

    A header that lacks a ``needed`` column or has one that is not ``allowed`` yields no line.
    """
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    header = lines[0] if lines else ""
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
        if not _header_fits(file, columns, needed, allowed, problems):
            return
        empty = True
        for row in _rows(file, columns, reader, problems):
            empty = False
            yield row
        if empty and not problems.by_place:
            problems.add(file, 2, "-", "no line under the header; fill it, or leave the file away")
    except csv.Error as error:
        problems.add(file, reader.line_num, "-", f"cannot be read ({error}); check the quotes")


def _header_fits(
    file: str,
    columns: list[str],
    needed: Collection[str],
    allowed: Collection[str],
    problems: Problems,
) -> bool:
    missing = [column for column in needed if column not in columns]
    for column in missing:
        problems.add(file, 1, column, "the column is missing; add it to the header")
    strange = [column for column in columns if column not in {*needed, *allowed}]
    for column in strange:
        problems.add(file, 1, column[:40] or "-", "the column is not known; remove or rename it")
    twice = {column for column in columns if columns.count(column) > 1} - set(strange)
    for column in sorted(twice):
        problems.add(file, 1, column, "the column stands twice; remove one")
    return not (missing or strange or twice)


def _rows(
    file: str,
    columns: list[str],
    reader: Iterator[list[str]],
    problems: Problems,
) -> Iterator[Row]:
    line_of: Callable[[], int] = lambda: getattr(reader, "line_num", 0)  # noqa: E731
    before = line_of()
    for cells in reader:
        line, before = before + 1, line_of()  # where it begins: a quoted cell may span lines
        if not any(cell.strip() for cell in cells):
            continue
        if line > LARGEST_ROWS:
            problems.add(file, line, "-", f"more than {LARGEST_ROWS} lines; split the file")
            return
        if len(cells) != len(columns):
            text = f"{len(cells)} cells under {len(columns)} columns; quote a cell with a comma"
            problems.add(file, line, "-", text)
            continue
        cells_by_column = dict(zip(columns, cells, strict=True))
        for column, cell in cells_by_column.items():
            if _CONTROL.search(cell.strip()):
                text = "holds a line break or a control character; write it on one line"
                problems.add(file, line, column, text)
        yield Row(file=file, line=line, cells=cells_by_column, problems=problems)
