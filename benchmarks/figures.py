"""The table of figures in docs/performance.md, between its two marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN = "<!-- figures: written by `python -m benchmarks` -->"
END = "<!-- end of figures -->"
_HEADER = "| what | ours | beside | its figure | ratio | at least | machine, day |"
_RULE = "|---|---|---|---|---|---|---|"


def write(results: Iterable[Mapping[str, Any]], machine: Mapping[str, Any]) -> None:
    """Put the rows of ``results`` into the table; a row of the same what and beside is replaced."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), results, machine), encoding="utf-8")


def filled(page: str, results: Iterable[Mapping[str, Any]], machine: Mapping[str, Any]) -> str:
    """``page`` with these rows. Raises ValueError for a page without the marks."""
    before, _, rest = page.partition(BEGIN)
    block, _, after = rest.partition(END)
    if not rest or not after:
        raise ValueError(f"{PAGE.name}: has no block between {BEGIN!r} and {END!r}")
    rows = {_key(line): line for line in block.splitlines() if line.startswith("| ")}
    rows.pop(_key(_HEADER), None)
    day = datetime.now(UTC).date().isoformat()
    where = f"{machine['cores']} cores, pace {machine['pace']}, {day}"
    for result in results:
        line = _line(result, where)
        rows[_key(line)] = line
    return "\n".join([before + BEGIN, _HEADER, _RULE, *rows.values(), END]) + after


def _key(line: str) -> tuple[str, str]:
    cells = [cell.strip() for cell in line.split("|")]
    return cells[1], cells[3]


def _line(row: Mapping[str, Any], where: str) -> str:
    unit = row["unit"]
    cells = (
        row["name"],
        f"{shown(row['ours'])} {unit}",
        row["peer_name"] or "-",
        "-" if row["peer"] is None else f"{shown(row['peer'])} {unit}",
        "-" if row["ratio"] is None else shown(row["ratio"]),
        row["target"],
        where,
    )
    return f"| {' | '.join(map(str, cells))} |"


def shown(value: object) -> str:
    """A number as the tables have it: whole from a hundred on, else three digits."""
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
