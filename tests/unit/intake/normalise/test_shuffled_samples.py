"""The samples with other places, names, days and words: the results move with them."""

from __future__ import annotations

import random

import pytest

from tests.support import shuffling
from tests.support.normalising import SAMPLES, load, result
from tests.support.scoring import LEVEL, f1, score, value_at, why_unsafe

RECORDS = load(SAMPLES)
# Their words are encoded inside a part of the message: they cannot be rewritten in the raw text.
ENCODED = {"S13", "S23"}
OPEN = [r for r in RECORDS if r["id"] not in ENCODED]
# "dia 26" has a day without a month: shifting it needs the reading that is under test.
SHIFTABLE = [r for r in OPEN if r["id"] != "S25"]
# His name stands in Cyrillic in the item, in Latin letters in what is expected.
NAMED_IN_LATIN = [r for r in OPEN if r["id"] != "S27"]
SEEDS = range(4)


def wrong(record, got, fields):
    want = record["expected"]
    return {
        f: (value_at(want, f), value_at(got, f))
        for f in fields
        if value_at(want, f) != value_at(got, f)
    }


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "record",
    [r for r in OPEN if shuffling.movable(r["expected"]["establishment"])],
    ids=lambda r: r["id"],
)
def test_the_establishment_and_the_team_change_with_the_place(record, seed):
    moved = shuffling.moved_elsewhere(record, random.Random(seed))

    got = result(moved)

    fields = ("establishment", "urgency", "requester.kind", "routing.unit", "routing.rule")
    assert wrong(moved, got, fields) == {}
    assert why_unsafe(moved["expected"], got) == []


@pytest.mark.parametrize("days", [364, -364, 728, 7, -35])
@pytest.mark.parametrize("record", SHIFTABLE, ids=lambda r: r["id"])
def test_all_days_shift_and_the_urgency_stays(record, days):
    later = shuffling.shifted(record, days)

    got = result(later)

    fields = ("received_on", "written_on", "posted_on", "person_concerned.born_on", "urgency")
    assert wrong(later, got, fields) == {}
    want = {(d["kind"], d["trigger_on"], d["date_on"]) for d in later["expected"]["deadlines"]}
    assert {(d["kind"], d["trigger_on"], d["date_on"]) for d in got["deadlines"]} == want


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("record", NAMED_IN_LATIN, ids=lambda r: r["id"])
def test_the_names_change_with_the_person(record, seed):
    other = shuffling.renamed(record, random.Random(seed))

    got = result(other)

    fields = ("person_concerned.family", "person_concerned.given", "requester.kind", "urgency")
    assert wrong(other, got, fields) == {}


@pytest.mark.parametrize("way", shuffling.WAYS)
@pytest.mark.parametrize("record", OPEN, ids=lambda r: r["id"])
def test_another_way_of_writing_changes_nothing_that_matters(record, way):
    got = result(record | {"raw": shuffling.WAYS[way](record["raw"])})

    fields = ("establishment", "requester.kind", "routing.unit", "received_on")
    assert wrong(record, got, fields) == {}
    assert why_unsafe(record["expected"], got) == []
    assert LEVEL[got["urgency"]] >= LEVEL[record["expected"]["urgency"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_all_changes_together_keep_the_scores(seed):
    chance = random.Random(seed)
    changed = []
    for record in SHIFTABLE:
        mixed = shuffling.renamed(shuffling.shifted(record, 7 * chance.randint(-60, 60)), chance)
        if shuffling.movable(record["expected"]["establishment"]):
            mixed = shuffling.moved_elsewhere(mixed, chance)
        way = chance.choice(list(shuffling.WAYS))
        changed.append(mixed | {"raw": shuffling.WAYS[way](mixed["raw"])})

    got = {r["id"]: result(r) for r in changed}

    report = score({r["id"]: r["expected"] for r in changed}, got)
    assert report.unsafe == {}
    assert report.exact["establishment"] >= 0.9
    assert report.exact["requester.kind"] >= 0.9
    topics = f1((set(r["expected"]["topics"]), set(got[r["id"]]["topics"])) for r in changed)
    assert topics >= 0.8
