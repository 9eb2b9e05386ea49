"""Requests that the lexicons were not written from: how sure the reading is on each set."""

from __future__ import annotations

from functools import cache

import pytest

from tests.support.normalising import SAMPLES, UNSEEN, load, result
from tests.support.scoring import Report, score

SETS = {"samples": SAMPLES, **UNSEEN}


@pytest.fixture(params=SETS)
def report(request: pytest.FixtureRequest) -> Report:
    return report_on(request.param)


@cache
def report_on(name: str) -> Report:
    """Read once, in whatever order the tests ask."""
    records = load(SETS[name])
    expected = {record["id"]: record["expected"] for record in records}
    return score(expected, {record["id"]: result(record) for record in records})


def test_no_request_is_misread_in_a_way_that_can_hurt(report):
    assert report.unsafe == {}


def test_the_unit_is_right_in_28_of_30(report):
    assert report.exact["routing.unit"] >= 28 / 30, report.wrong["routing.unit"]


@pytest.mark.parametrize("field", ["establishment", "requester.kind"])
def test_place_and_requester_are_right_in_9_of_10(report, field):
    assert report.exact[field] >= 0.9, report.wrong[field]


def test_urgency_is_right_in_9_of_10(report):
    assert report.exact["urgency"] >= 0.9, report.wrong["urgency"]


def test_topics_are_found(report):
    assert report.f1["topics"] >= 0.8


def test_deadlines_are_found(report):
    assert report.f1["deadline kinds"] >= 0.85
