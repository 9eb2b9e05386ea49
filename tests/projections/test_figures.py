"""The table of figures in docs/performance.md is filled without losing what others measured."""

from __future__ import annotations

import pytest

from benchmarks import figures

MACHINE = {"cores": 2, "pace": 15.5}
ROW = {
    "name": "relay",
    "ours": 8000,
    "peer": 700,
    "peer_name": "dispatcher",
    "ratio": 11.4,
    "target": ">= 10",
    "unit": "events/s",
}


def test_the_page_has_the_marks_that_a_run_writes_between():
    page = figures.filled(figures.PAGE.read_text(encoding="utf-8"), [ROW], MACHINE)

    assert (
        "| relay | 8,000 events/s | dispatcher | 700 events/s | 11.4 | >= 10 | 2 cores, pace 15.5, "
        in page
    )


def test_a_row_that_is_measured_again_is_replaced_and_others_stay():
    page = f"before\n{figures.BEGIN}\n{figures.END}\nafter"
    other = ROW | {"name": "append", "peer": None, "ratio": None, "peer_name": ""}
    page = figures.filled(page, [ROW, other], MACHINE)

    page = figures.filled(page, [ROW | {"ours": 9000}], MACHINE)

    assert page.count("| relay |") == 1
    assert "9,000 events/s" in page
    assert "| append | 8,000 events/s | - | - | - |" in page
    assert page.startswith("before\n")
    assert page.endswith("\nafter")


def test_a_page_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="has no block"):
        figures.filled("nothing", [ROW], MACHINE)
