"""``make bench``: runs every measurement and writes ``benchmarks/results.json``.

``--quick`` takes fewer rounds; ``python -m benchmarks NAME …`` runs some only. A run that is not
quick also writes its rows into the table of ``docs/performance.md``, those of others stay. One
that raises is named with its error, and the others still run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import timeit
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import figures

NAMES = (
    "bench_append",
    "bench_relay",
    "bench_subscription",
    "bench_chain",
    "bench_rebuild",
    "bench_verify",
    "bench_read_stream",
    "bench_latency",
    "bench_lag",
    "bench_growth",
)
RESULTS = Path(__file__).with_name("results.json")


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.platform(),
        "python": platform.python_version(),
        "pace": pace(),
    }


def pace() -> float:
    """How fast one core runs Python here for long: millions of additions a second.

    Shared machines give more for a moment than they can keep up, so this takes some seconds.
    """
    rounds = 50
    took = timeit.timeit("for i in range(1_000_000): s += i", "s = 0", number=rounds)
    return round(rounds / took, 1)


def measured(
    wanted: Iterable[str], run: Callable[[str], list[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The rows of all that ran, and for each name that raised, its error's class and text; the rows
    that it had measured before are kept."""
    results: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    for name in wanted:
        try:
            results += run(name)
        except Exception as error:  # whatever it is, the others can still be measured
            traceback.print_exc()
            failed[name] = f"{type(error).__name__}: {error}"
            results += getattr(error, "rows", ())
    return results, failed


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    """``names`` (all if none is given) and ``quick``; ends the program for anything else."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure each figure beside its peer and write benchmarks/results.json.",
    )
    parser.add_argument(
        "names", nargs="*", type=_known, metavar="NAME", help=f"what to run: {', '.join(NAMES)}"
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds; leaves docs/performance.md alone"
    )
    wanted = parser.parse_intermixed_args(arguments)
    wanted.names = wanted.names or list(NAMES)
    return wanted


def _known(name: str) -> str:
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"no benchmark {name!r}; choose from {', '.join(NAMES)}")
    return name


def main() -> int:
    """Run, write, show; 1 if a target was missed or a benchmark failed."""
    wanted = asked(sys.argv[1:])
    results, failed = measured(
        wanted.names, lambda name: import_module(f"benchmarks.{name}").run(wanted.quick)
    )
    on = machine()
    RESULTS.write_text(json.dumps({"machine": on, "results": results}, indent=2) + "\n")
    if not wanted.quick:
        figures.write(results, on)
    table = Table(title="benchmarks")
    for column in ("name", "ours", "peer", "peer_name", "ratio", "target", "unit"):
        table.add_column(column)
    for row in results:
        table.add_row(*(figures.shown(row[column.header]) for column in table.columns))
    Console(width=160).print(table)
    missed = [row["name"] for row in results if not _met(row)]
    errors = Console(stderr=True, markup=False)
    if missed:
        errors.print(f"target missed: {', '.join(missed)}")
    for name, error in failed.items():
        errors.print(f"failed: {name}: {error}")
    return 1 if missed or failed else 0


def _met(row: Mapping[str, object]) -> bool:
    """``target`` reads ">= 2" (of the ratio, or of ours where there is no peer) or "<= 500"; of
    what was measured, not of what is shown."""
    sign, _, bound = str(row["target"]).partition(" ")
    value = float(str(row["ratio"] if row["ratio"] is not None else row["ours"]))
    return value >= float(bound) if sign == ">=" else value <= float(bound)


if __name__ == "__main__":
    sys.exit(main())
