"""F40: a rebuild and the live handler meet; every event is applied once, whoever was first."""

from __future__ import annotations

from itertools import count
from threading import Lock

import psycopg
import pytest

from shared.projections import Differs, RebuildRunning
from shared.projections._copy import AheadOfLive, Copy
from tests.projections.conftest import Boxes, meanwhile

NAMES = [f"b{number}" for number in range(12)]
STEPS = ("made", "page", "filled", "finished", "compared", "before_swap", "swapped")


def _writer(boxes: Boxes):
    numbers, lock = count(1), Lock()

    def write() -> None:
        with lock:
            number = next(numbers)
        boxes.put(NAMES[number % len(NAMES)], number)

    return write


def test_f40_appends_meet_a_rebuild_of_their_own_services_model(own):
    own.open(*NAMES)
    own.put("b0", *range(300))
    with meanwhile(_writer(own), threads=3):
        for _ in range(4):
            assert not any(drift.differing for drift in own.rebuild())

    own.assert_exact()


def test_f40_a_subscription_meets_a_rebuild_of_its_model(followed):
    followed.open(*NAMES)
    with meanwhile(_writer(followed), threads=2), meanwhile(lambda: followed.consume(7)):
        for _ in range(4):
            assert not any(drift.differing for drift in followed.rebuild())

    while followed.consume():
        pass
    followed.assert_exact()


def test_f40_a_consumer_that_lags_is_not_overtaken_by_the_copy(followed):
    followed.open(*NAMES)
    followed.put("b1", *range(50))
    followed.consume(limit=3)

    followed.rebuild()

    assert followed.letters() != followed.told()
    while followed.consume():
        pass
    followed.assert_exact()


def test_f40_without_the_look_at_the_live_model_the_copy_overtakes_it(followed, monkeypatch):
    """Proves that the test above can fail."""
    monkeypatch.setattr(Copy, "_applied", lambda _: None)

    with pytest.raises((AssertionError, AheadOfLive)):
        test_f40_a_consumer_that_lags_is_not_overtaken_by_the_copy(followed)


def test_f40_readers_see_whole_tables_all_the_while(own):
    own.open(*NAMES)
    own.put("b0", *range(500))
    reader = own.database.closing.enter_context(
        psycopg.connect(own.database.dsn("intake"), autocommit=True)
    )
    seen: list[int] = []

    def read() -> None:
        row = reader.execute("SELECT sum(letters) FROM boxes", prepare=True).fetchone()
        seen.append(row[0] if row else 0)

    with meanwhile(read), meanwhile(_writer(own)):
        for _ in range(3):
            own.rebuild()

    assert seen[0] >= 500
    assert seen == sorted(seen)


def test_f40_a_second_rebuild_of_the_same_model_is_refused(own):
    own.open("a")
    refused = []

    def second(_: object) -> None:
        with pytest.raises(RebuildRunning) as error:
            own.rebuild()
        refused.append(str(error.value))

    own.rebuild(watch=second)

    assert refused == ["projection: intake.boxes is being rebuilt already; wait until that is done"]
    own.assert_exact()


@pytest.mark.parametrize(
    ("boxes", "step"),
    [*(("intake", step) for step in STEPS), ("desk", "page"), ("desk", "before_swap")],
    indirect=["boxes"],
)
def test_f40_a_rebuild_that_dies_at_any_step_harms_nothing_and_can_be_done_again(boxes, step):
    boxes.open("a", "b")
    boxes.put("a", *range(30))
    while boxes.service == "desk" and boxes.consume():
        pass
    before = [boxes.rows(table) for table in boxes.model.tables]

    died = boxes.child(failpoint=f"rebuild.{step}")

    assert died.returncode == 70, died.stderr
    assert [boxes.rows(table) for table in boxes.model.tables] == before
    boxes.put("b", 1)
    while boxes.service == "desk" and boxes.consume():
        pass
    boxes.rebuild()
    boxes.assert_exact()


def test_f40_a_parked_event_that_is_retried_after_the_copy_passed_it_is_in_the_copy(followed):
    followed.open("a")
    followed.put("a", 1)
    while followed.consume():
        pass
    parked = followed.store.load("box-a")[1]
    _undo_and_park(followed, parked)

    def retry(_: object) -> None:
        if followed.owner.execute("DELETE FROM parked_events RETURNING 1").fetchone():
            followed.owner.execute("UPDATE boxes SET letters = 1, last = 1")
            followed.owner.execute("INSERT INTO puts VALUES ('a', 1)")

    followed.rebuild(watch=retry)

    followed.assert_exact()


def test_f40_without_taking_up_what_was_parked_the_copy_lacks_it(followed, monkeypatch):
    """Proves that the test above can fail."""
    monkeypatch.setattr(Copy, "_take_up", lambda _: None)

    with pytest.raises(Differs):
        test_f40_a_parked_event_that_is_retried_after_the_copy_passed_it_is_in_the_copy(followed)


def test_f40_a_parked_event_that_was_discarded_is_not_in_the_copy(followed):
    followed.open("a")
    followed.put("a", 1)
    while followed.consume():
        pass
    _undo_and_park(followed, followed.store.load("box-a")[1])
    with psycopg.connect(followed.database.dsn("desk")) as admin:
        from shared.messaging.admin import discard

        discard(
            admin,
            "intake",
            "box-a",
            followed.store.load("box-a")[1].position,
            by="test",
            why="a slip",
        )

    assert not any(drift.differing for drift in followed.rebuild())
    assert followed.letters() == {"a": 0}


def _undo_and_park(boxes: Boxes, recorded) -> None:
    """As if the subscription had parked the event instead of handling it."""
    boxes.owner.execute("UPDATE boxes SET letters = 0, last = NULL")
    boxes.owner.execute("DELETE FROM puts")
    boxes.owner.execute(
        "INSERT INTO parked_events (source, stream, partition, position, version, type, envelope) "
        "VALUES ('intake', %s, %s, %s, %s, %s, '{}')",
        [
            recorded.stream,
            recorded.partition,
            recorded.position,
            recorded.version,
            recorded.type,
        ],
    )
