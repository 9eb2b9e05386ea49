"""The fault suite: every test named after an entry of the fault catalogue, and its table.

Loaded by ``make test-faults`` as a plugin (``-p tests.support.fault_table``): keeps only tests
named ``test_fNN_…`` or whose parameters are (``[f24 f29: …]``), runs each ``--fault-rounds``
times, and ends with a table: fault, times tried, of those with its guard taken away, events in
flight, lost, doubled, recovery time. Exits with a failure if one of the numbers that can be
provoked on one machine has no test, or none that takes a guard away and sees the harm
(``…_without_…``). Elsewhere ``note`` costs nothing.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

_NAME = re.compile(r"test((?:_f\d\d)+)_|\[((?: ?f\d\d)+): ")
_WITHOUT = re.compile(r"test_(?:f\d\d_)*without_")
LAST = 64
# What one machine, or this product, cannot show; each with its reason.
LEFT_OUT = {
    45: "there are no snapshots: state is folded from the stream",
}
# Where no guard can be taken away; each with its reason.
ALWAYS_GUARDED = {
    58: "a mixture of the others, each of which has its own",
}


@dataclass
class Tried:
    """What was seen of one fault."""

    times: int = 0
    without: int = 0
    failed: int = 0
    in_flight: int = 0
    lost: int = 0
    doubled: int = 0
    recovery_seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class _Note:
    in_flight: int
    lost: int
    doubled: int
    recovery_seconds: float | None


_notes: dict[str, list[_Note]] = {}


def numbers(name: str) -> list[int]:
    """The numbers of the catalogue that a test's name carries: test_f26_f27_… has two."""
    match = _NAME.search(name)
    return [int(digits) for digits in re.findall(r"f(\d\d)", match[0])] if match else []


def without_guard(name: str) -> bool:
    """Whether the test takes a guard away, and sees the harm."""
    return bool(_WITHOUT.match(name))


def note(
    *, in_flight: int = 0, lost: int = 0, doubled: int = 0, recovery_seconds: float | None = None
) -> None:
    """Count for the test that runs: events told and not yet handled when the fault struck, those
    that never came or came twice, and the seconds until all was level again."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    _notes.setdefault(test, []).append(_Note(in_flight, lost, doubled, recovery_seconds))


def missing(seen: Iterable[int], *but: Iterable[int]) -> list[int]:
    """The numbers that should have a test and have none; ``but`` need none."""
    known = {*seen, *LEFT_OUT, *itertools.chain(*but)}
    return [n for n in range(1, LAST + 1) if n not in known]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fault-rounds", type=int, default=1, help="How often each fault is tried.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    rounds = metafunc.config.getoption("--fault-rounds")
    if rounds > 1 and numbers(metafunc.function.__name__):
        metafunc.fixturenames.append("fault_round")
        metafunc.parametrize("fault_round", range(rounds))


class _Table:
    def __init__(self) -> None:
        self.tried: dict[int, Tried] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        others = [item for item in items if not numbers(item.name)]
        items[:] = [item for item in items if numbers(item.name)]
        config.hook.pytest_deselected(items=others)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "setup" and report.passed:
            return
        if report.when == "teardown" and report.passed:
            return
        name = report.nodeid.rpartition("::")[2]
        for number in numbers(name):
            tried = self.tried.setdefault(number, Tried())
            tried.times += report.when == "call"
            tried.without += report.when == "call" and without_guard(name)
            tried.failed += report.failed
            for one in _notes.get(report.nodeid, []):
                tried.in_flight += one.in_flight
                tried.lost += one.lost
                tried.doubled += one.doubled
                if one.recovery_seconds is not None:
                    tried.recovery_seconds.append(one.recovery_seconds)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.config.option.keyword or session.config.option.collectonly:
            return
        if missing(self.tried) or self.never_without():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def never_without(self) -> list[int]:
        """The numbers of which no test took the guard away."""
        seen = (number for number, one in self.tried.items() if one.without)
        return missing(seen, ALWAYS_GUARDED)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        write = terminalreporter.write_line
        terminalreporter.section("faults")
        write(f"{'fault':6}{'tried':>7}{'unguarded':>11}{'failed':>8}{'in flight':>11}{'lost':>6}"
              f"{'doubled':>9}{'recovery (s), worst':>21}")  # fmt: skip
        for number, one in sorted(self.tried.items()):
            worst = f"{max(one.recovery_seconds):.1f}" if one.recovery_seconds else "-"
            write(f"F{number:<5}{one.times:>7}{one.without or '-':>11}{one.failed:>8}"
                  f"{one.in_flight or '-':>11}{one.lost:>6}{one.doubled:>9}"
                  f"{worst:>21}")  # fmt: skip
        for number, reason in LEFT_OUT.items():
            write(f"F{number:<5} not provoked: {reason}")
        for number, reason in ALWAYS_GUARDED.items():
            write(f"F{number:<5} never unguarded: {reason}")
        if untried := missing(self.tried):
            write(f"without a test: {', '.join(f'F{n}' for n in untried)}")
        if guarded := self.never_without():
            write(f"never unguarded: {', '.join(f'F{n}' for n in guarded)}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Table(), "fault-table")
