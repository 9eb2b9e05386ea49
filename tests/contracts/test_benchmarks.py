"""What the benchmarks take from the code is there: they run seldom, and long."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest

from benchmarks import bench_latency, pacing
from benchmarks.bench_chain import Unassigned, p99
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


class Watch:
    """Time that passes only while somebody sleeps, however busy the machine is."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(pacing, "time", watch)
    return watch


def test_a_pace_that_is_held_is_told_when_each_is_due(watch: Watch) -> None:
    steady = Pacing(200)
    due = [steady.wait(number) for number in range(20)]

    steady.hold()

    assert due == pytest.approx([100 + number / 200 for number in range(20)])
    assert watch.now == pytest.approx(100 + 19 / 200)


def test_a_pace_is_held_however_long_the_last_answer_takes(watch: Watch) -> None:
    steady = Pacing(200)
    for number in range(20):
        steady.wait(number)
    watch.sleep(0.1)

    steady.hold()


def test_a_figure_is_refused_where_its_pace_was_not_held(watch: Watch) -> None:
    late = Pacing(200)
    first = late.wait(0)
    watch.sleep(0.1)  # nobody took the next one
    second = late.wait(1)

    assert second - first == pytest.approx(1 / 200)  # since then it waits
    with pytest.raises(PaceMissed, match=r"10\.0 a second went out, not 200"):
        late.hold()


class Slow:
    """A system that takes so long to append that the writers fall behind."""

    def note(self, _number: int, *, stream: str) -> None:
        time.sleep(0.02)


def test_the_latency_at_a_rate_is_no_figure_at_a_lower_one() -> None:
    with pytest.raises(PaceMissed):
        bench_latency._load(cast(Any, Slow()), 500, 0.2)


def test_a_delay_is_no_figure_where_a_request_was_never_assigned() -> None:
    due = {str(number): float(number) for number in range(100)}
    assigned = {request: at + 0.2 for request, at in due.items()} | {"7": 7.9}

    assert p99(due, assigned) == pytest.approx(200)
    del assigned["7"]
    with pytest.raises(Unassigned, match="1 of 100 requests were not assigned or set aside"):
        p99(due, assigned)
