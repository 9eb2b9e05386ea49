"""What ``python -m benchmarks`` is told to run."""

from __future__ import annotations

from importlib import import_module

import pytest

from benchmarks import bench_append, bench_chain, bench_latency, figures
from benchmarks.pacing import PaceMissed

main = import_module("benchmarks.__main__")


def test_without_names_all_are_run():
    wanted = main.asked([])

    assert wanted.names == list(main.NAMES)
    assert not wanted.quick


def test_names_and_quick_are_taken_in_any_order():
    wanted = main.asked(["bench_relay", "--quick", "bench_append"])

    assert wanted.names == ["bench_relay", "bench_append"]
    assert wanted.quick


def test_help_names_the_benchmarks_and_starts_none(capsys):
    with pytest.raises(SystemExit) as ended:
        main.asked(["--help"])

    assert ended.value.code == 0
    assert "bench_growth" in capsys.readouterr().out


def test_what_was_measured_before_a_pace_was_missed_is_kept():
    def run(_name):
        missed = PaceMissed("too slow")
        missed.rows = [{"name": "chain"}]
        raise missed

    results, failed = main.measured(["bench_chain"], run)

    assert results == [{"name": "chain"}]
    assert failed == {"bench_chain": "PaceMissed: too slow"}


@pytest.mark.parametrize(
    ("row", "shown", "met"),
    [
        (bench_append._row("append", 646, 1000, "plain INSERT", 0.65), "0.646", False),
        (bench_append._row("append", 650, 1000, "plain INSERT", 0.65), "0.65", True),
        (bench_chain._row("chain", 99.6, ">= 100", "requests/s"), "99.6", False),
        (bench_latency._row("p50", 50.04, 50), "50", False),
    ],
)
def test_a_target_is_met_by_what_was_measured_not_by_what_is_shown(row, shown, met):
    value = row["ours"] if row["ratio"] is None else row["ratio"]

    assert figures.shown(value) == shown
    assert main._met(row) is met


@pytest.mark.parametrize("told", ["bench_apend", "--fast"])
def test_what_is_not_known_starts_none_and_is_named(told: str, capsys):
    with pytest.raises(SystemExit) as ended:
        main.asked([told])

    assert ended.value.code == 2
    assert told in capsys.readouterr().err
