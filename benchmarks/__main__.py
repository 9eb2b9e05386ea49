"""``make bench``: runs every measurement and writes ``benchmarks/results.json``.

``--quick`` takes fewer rounds; ``python -m benchmarks NAME …`` runs some only. A run that is not
quick also writes its rows into the table of ``docs/performance.md``, those of others stay.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import import_module
from pathlib import Path

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
    }


def main() -> int:
    """Run, write, show; 1 if a target was missed."""
    quick = "--quick" in sys.argv
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")] or list(NAMES)
    results = []
    for name in wanted:
        results += import_module(f"benchmarks.{name}").run(quick)
    RESULTS.write_text(json.dumps({"machine": machine(), "results": results}, indent=2) + "\n")
    if not quick:
        figures.write(results, machine())
    table = Table(title="benchmarks")
    for column in ("name", "ours", "peer", "peer_name", "ratio", "target", "unit"):
        table.add_column(column)
    for row in results:
        table.add_row(*(str(row[column.header]) for column in table.columns))
    Console(width=160).print(table)
    missed = [row["name"] for row in results if not _met(row)]
    if missed:
        Console(stderr=True).print(f"below target: {', '.join(missed)}")
    return 1 if missed else 0


def _met(row: dict[str, object]) -> bool:
    """``target`` reads ">= 2" (of the ratio, or of ours where there is no peer) or "<= 500"."""
    sign, _, bound = str(row["target"]).partition(" ")
    value = float(str(row["ratio"] if row["ratio"] is not None else row["ours"]))
    return value >= float(bound) if sign == ">=" else value <= float(bound)


if __name__ == "__main__":
    sys.exit(main())
