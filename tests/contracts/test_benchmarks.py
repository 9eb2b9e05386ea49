"""What the benchmarks take from the code is there: they run seldom, and long."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from benchmarks import bench_latency
from benchmarks.pacing import PaceMissed, Pacing

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
OURS = ("benchmarks", "services", "shared", "tests")


def imported(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
            yield from ((node.module or "", alias.name) for alias in node.names)


@pytest.mark.parametrize("path", sorted(BENCHMARKS.glob("*.py")), ids=lambda path: path.stem)
def test_what_a_benchmark_imports_of_ours_is_there(path: Path):
    for module, name in imported(path):
        if not hasattr(import_module(module), name):
            import_module(f"{module}.{name}")  # a module, or an error that names it


def test_a_pace_that_is_held_is_told_when_each_is_due() -> None:
    pacing = Pacing(200)
    before = time.time()
    due = []
    for number in range(20):
        due.append(pacing.wait(number))
        pacing.sent()

    pacing.hold()

    assert time.time() - before >= 19 / 200
    assert [later - first for first, later in pairwise(due)] == pytest.approx(
        [1 / 200] * 19, abs=1e-5
    )


def test_a_figure_is_refused_where_its_pace_was_not_held() -> None:
    pacing = Pacing(200)
    first = pacing.wait(0)
    pacing.sent()
    time.sleep(0.1)  # nobody took the next one
    second = pacing.wait(1)
    pacing.sent()

    assert second - first == pytest.approx(1 / 200, abs=1e-5)  # since then it waits
    with pytest.raises(PaceMissed, match="a second went out, not 200"):
        pacing.hold()


class Slow:
    """A system that takes so long to append that the writers fall behind."""

    def note(self, _number: int, *, stream: str) -> None:
        time.sleep(0.02)


def test_the_latency_at_a_rate_is_no_figure_at_a_lower_one() -> None:
    with pytest.raises(PaceMissed):
        bench_latency._load(cast(Any, Slow()), 500, 0.2)
