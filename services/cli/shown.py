"""How commands show what they found: JSON, one object a line, or a table."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from services.cli.instants import in_paris

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")


def plain(value: Any) -> Any:
    """A value as JSON has it: dataclasses as objects, days and ids as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)


_CRUMB = 12  # characters: a narrower column is no pleasure to read
_RULES = 3  # what a column takes beside its text


def show_rows(rows: list[dict[str, Any]], as_json: bool, title: str) -> None:
    """Print ``rows``, which have the same keys, under ``title``.

    A table; where the screen is too narrow for its columns to be read, one row below the other.
    """
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    console = Console()
    if not rows:
        console.print(f"{title}: nothing")
        return
    cells = [[_short(value) for value in row.values()] for row in rows]
    if _width_to_read([list(rows[0]), *cells]) > console.width:
        _show_below(console, title, list(rows[0]), cells)
        return
    table = Table(title=title, title_justify="left")
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for line in cells:
        table.add_row(*line)
    console.print(table)


def _width_to_read(lines: list[list[str]]) -> int:
    """The width at which no column of a table folds its cells into crumbs."""
    columns = zip(*lines, strict=True)
    return sum(min(max(map(len, column)), _CRUMB) + _RULES for column in columns) + 1


def _show_below(console: Console, title: str, names: list[str], rows: list[list[str]]) -> None:
    console.print(title, style="italic")
    for row in rows:
        table = Table(show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, cell in zip(names, row, strict=True):
            table.add_row(name, cell)
        console.print(table)


def _short(value: Any) -> str:
    """A cell: an instant to the second, in Paris; JSON keeps it whole, in UTC."""
    text = "" if value is None else str(value)
    return in_paris(datetime.fromisoformat(text)) if _INSTANT.fullmatch(text) else text
