"""The worked examples of the rules' reference page, counted by hand, one test each."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from shared.deadlines import compute

_TABLE = Path(__file__).parent / "worked_examples.csv"


def _examples() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if " " in text else date.fromisoformat(text)


def test_the_table_holds_all_seventy_one_examples():
    assert [example["number"] for example in _examples()] == [str(n) for n in range(1, 72)]


@pytest.mark.parametrize(
    "example",
    _examples(),
    ids=lambda e: f"{e['number']}:{e['rule']} from {e['trigger']} before {e['before']}",
)
def test_a_worked_example_gives_its_two_dates_in_its_zone(example):
    found = compute(example["rule"], _moment(example["trigger"]), before=example["before"])

    _, last, prudent = found.texts()
    assert (last, prudent, found.zone.name) == (
        example["last"],
        example["prudent"],
        example["zone"],
    )


@pytest.mark.parametrize("example", _examples(), ids=lambda e: e["number"])
def test_the_zone_given_by_name_counts_as_the_court_does(example):
    remark = example["before"].partition("(")[2]
    found = compute(
        example["rule"],
        _moment(example["trigger"]),
        zone=example["zone"],
        decided_on=date(2024, 7, 10) if "10 July 2024" in remark or "12 July" in remark else None,
        residence="overseas" if "lives in" in remark else None,
    )

    assert found.texts()[1:] == (example["last"], example["prudent"])
