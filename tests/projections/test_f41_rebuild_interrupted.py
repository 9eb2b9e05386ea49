"""F41: a rebuild that is killed goes on where it was, or leaves nothing behind."""

from __future__ import annotations

import pytest

from shared.postgres import DatabaseFailed
from shared.projections import Progress
from shared.projections._record import Books


@pytest.fixture
def filled(boxes):
    boxes.open(*(f"b{number}" for number in range(10)))
    for number in range(10):
        boxes.put(f"b{number}", *range(29))
    while boxes.service == "desk" and boxes.consume():
        pass
    return boxes


@pytest.mark.parametrize(
    ("boxes", "share"),
    [("intake", 0.1), ("intake", 0.5), ("intake", 0.99), ("desk", 0.5)],
    indirect=["boxes"],
)
def test_f41_a_killed_rebuild_goes_on_from_its_own_checkpoint(filled, share):
    before = [filled.rows(table) for table in filled.model.tables]

    killed = filled.child(die_at=share)

    assert killed.returncode == -9, killed.stderr
    assert [filled.rows(table) for table in filled.model.tables] == before
    told: list[Progress] = []
    filled.rebuild(watch=told.append)
    if share < 0.99:
        assert told[0].events > share * 300
        assert {progress.total for progress in told} == {300}
    filled.assert_exact()


@pytest.mark.parametrize("boxes", ["intake"], indirect=True)
def test_f41_without_its_checkpoint_a_rebuild_applies_events_twice(filled, monkeypatch):
    """Proves that the test above can fail."""
    monkeypatch.setattr(Books, "done", lambda *_: {})

    with pytest.raises(DatabaseFailed):  # a row that is there already
        test_f41_a_killed_rebuild_goes_on_from_its_own_checkpoint(filled, 0.5)


@pytest.mark.parametrize(
    ("boxes", "share"),
    [("intake", 0.1), ("desk", 0.5), ("intake", 0.99)],
    indirect=["boxes"],
)
def test_f41_a_killed_rebuild_that_is_cancelled_leaves_no_table_behind(filled, share):
    before = [filled.rows(table) for table in filled.model.tables]
    assert filled.child(die_at=share).returncode == -9
    assert filled.copies()

    assert filled.rebuilder().cancel(by="test", why="not today")

    assert filled.copies() == []
    assert filled.owner.execute("SELECT * FROM rebuild_progress").fetchall() == []
    assert [filled.rows(table) for table in filled.model.tables] == before


def test_f41_cancelling_what_never_began_says_so(own):
    assert not own.rebuilder().cancel(by="test", why="by mistake")


def test_f41_the_record_shows_which_rebuild_was_cut_off(own):
    own.open("a", "b")
    own.put("a", *range(30))
    own.child(die_at=0.5)
    own.rebuild()

    rows = own.owner.execute("SELECT action, by, why, outcome FROM rebuilds ORDER BY id").fetchall()
    assert rows == [
        ("rebuild", "child", "to die", None),
        ("rebuild", "test", "to see", "swapped"),
    ]
