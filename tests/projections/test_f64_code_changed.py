"""F64: what a model's changed code changes is shown before the swap; and the way back."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import shared
from shared.projections import (
    WITHHELD,
    Difference,
    Differs,
    DoesNotFit,
    NothingKept,
    OtherCode,
    _rebuild,
)
from shared.projections._code import code_of
from tests.projections.boxes import LetterPut, apply, with_apply

KINDS = {"only live", "only rebuilt", "differs"}


def _counts_even_letters_only(connection: Any, recorded: Any, event: Any) -> None:
    if not (isinstance(event, LetterPut) and event.number % 2):
        apply(connection, recorded, event)


CHANGED = with_apply(_counts_even_letters_only)


@pytest.fixture
def told(own):
    own.open("a", "b")
    own.put("a", 0, 1, 2)
    return own


def test_f64_a_rebuild_that_differs_is_shown_and_not_swapped(told):
    before = [told.rows(table) for table in told.model.tables]
    found: list[Difference] = []

    with pytest.raises(Differs, match=r"differs from the live one in 2 rows"):
        told.rebuild(CHANGED, found=found.append)

    assert [told.rows(table) for table in told.model.tables] == before
    assert [(one.table, one.kind, one.key, one.columns) for one in found] == [
        ("boxes", "differs", {"box": "a"}, {"letters": (3, 2)}),
        ("puts", "only live", {"box": "a", "number": 1}, {}),
    ]


def test_f64_without_the_comparison_it_is_swapped_unasked(told, monkeypatch):
    """Proves that the test above can fail."""
    monkeypatch.setattr(_rebuild, "differences", lambda *_: iter(()))

    told.rebuild(CHANGED)

    assert told.letters() == {"a": 2, "b": 0}


def test_f64_accepted_the_new_tables_are_swapped_in_without_a_second_reading(told):
    with pytest.raises(Differs):
        told.rebuild(CHANGED)
    read: list[object] = []

    told.rebuild(CHANGED, accept_differences=True, watch=read.append)

    assert told.letters() == {"a": 2, "b": 0}
    assert read == []


def test_f64_what_was_begun_with_other_code_is_not_gone_on_with(told):
    before = [told.rows(table) for table in told.model.tables]
    with pytest.raises(Differs):
        told.rebuild(CHANGED)

    with pytest.raises(OtherCode, match="--cancel and begin anew"):
        told.rebuild(accept_differences=True)

    assert [told.rows(table) for table in told.model.tables] == before
    told.rebuilder().cancel(by="test", why="the code is another")
    told.rebuild()
    assert [told.rows(table) for table in told.model.tables] == before


def test_f64_a_source_that_changed_is_other_code(told, monkeypatch):
    child = told.child(die_at=0.1)
    assert child.returncode == -9, child.stderr
    read = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: read(path) + b"#" * (path.name == "boxes.py")
    )

    with pytest.raises(OtherCode):
        told.rebuild()


def test_f64_what_a_release_began_that_noted_no_code_is_not_gone_on_with(told):
    with pytest.raises(Differs):
        told.rebuild(CHANGED)
    told.owner.execute("DELETE FROM rebuild_code")

    with pytest.raises(OtherCode):
        told.rebuild(CHANGED, accept_differences=True)


def test_f64_what_differs_by_nothing_is_swapped_without_being_asked(told):
    assert [table.differing for table in told.rebuild()] == [0, 0, 0]


def test_drift_lists_every_difference_column_by_column(told):
    told.owner.execute("UPDATE boxes SET letters = 9, last = 9 WHERE box = 'a'")
    told.owner.execute("INSERT INTO boxes (box) SELECT 'x' || n FROM generate_series(1, 2500) n")
    told.owner.execute("DELETE FROM labels WHERE box = 'b'")
    found: list[Difference] = []

    boxes, labels, puts = told.rebuilder().drift(by="test", why="to see", found=found.append)

    assert (boxes.rows, boxes.only_live, boxes.only_rebuilt, boxes.changed) == (2502, 2500, 0, 1)
    assert (labels.only_live, labels.only_rebuilt, labels.changed) == (0, 1, 0)
    assert puts.differing == 0
    assert len(found) == 2502
    [changed] = [one for one in found if one.kind == "differs"]
    assert changed.columns == {"letters": (9, 3), "last": (9, 2)}
    assert told.copies() == []


def test_drift_withholds_what_is_personal(told):
    told.owner.execute("UPDATE labels SET name = 'Dominique' WHERE box = 'a'")
    found: list[Difference] = []

    told.rebuilder().drift(by="test", why="to see", found=found.append)

    assert "Dominique" not in repr(found)
    assert "Camille" not in repr(found)
    assert WITHHELD in repr(found)


def test_drift_leaves_live_tables_alone(told):
    told.owner.execute("UPDATE boxes SET letters = 9 WHERE box = 'a'")

    told.drift()

    assert told.letters()["a"] == 9


def test_going_back_returns_the_tables_that_were_replaced_level_with_what_came_since(told):
    told.rebuild(CHANGED, accept_differences=True)
    told.put("a", 3)  # the live handler is still that of before
    told.put("b", 5, 6)

    told.rebuilder().back(by="test", why="the change was wrong")

    assert told.letters() == {"a": 4, "b": 2}
    told.assert_exact()


def test_going_back_twice_is_where_it_began(told):
    told.rebuild(CHANGED, accept_differences=True)
    told.rebuilder().back(by="test", why="to look")
    told.put("b", 7)

    told.rebuilder(CHANGED).back(by="test", why="to look again")

    assert told.letters() == {"a": 2, "b": 0}


def test_going_back_under_load_loses_and_doubles_nothing(followed):
    from tests.projections.conftest import meanwhile

    followed.open("a")
    numbers = iter(range(100_000))
    with (
        meanwhile(lambda: followed.put("a", next(numbers))),
        meanwhile(lambda: followed.consume(5)),
    ):
        followed.rebuild()
        for _ in range(3):
            followed.rebuilder().back(by="test", why="to and fro")

    while followed.consume():
        pass
    followed.assert_exact()


def test_without_a_swap_before_there_is_no_way_back(told):
    with pytest.raises(NothingKept, match=r"no previous tables of intake\.boxes are kept"):
        told.rebuilder().back(by="test", why="by mistake")


def test_previous_tables_that_a_migration_left_behind_do_not_come_back(told):
    told.rebuild()
    told.owner.execute("ALTER TABLE boxes ADD COLUMN colour text")

    with pytest.raises(DoesNotFit, match="--drop-previous"):
        told.rebuilder().back(by="test", why="by mistake")


def test_previous_tables_can_be_dropped(told):
    told.rebuild()
    assert told.copies()

    assert told.rebuilder().drop_previous(by="test", why="they name people")
    assert not told.rebuilder().drop_previous(by="test", why="again")
    assert told.copies() == []


def test_everything_is_recorded_with_who_and_why_and_how_it_ended(told):
    with pytest.raises(Differs):
        told.rebuilder(CHANGED).rebuild(by="Ada", why="new rule")
    told.rebuilder(CHANGED).rebuild(by="Ada", why="they agreed", accept_differences=True)
    told.rebuilder().back(by="Grace", why="they did not")

    rows = told.owner.execute(
        "SELECT model, action, by, why, outcome, ended_at IS NOT NULL FROM rebuilds ORDER BY id"
    ).fetchall()
    assert rows == [
        ("boxes", "rebuild", "Ada", "new rule", "failed", True),
        ("boxes", "rebuild", "Ada", "they agreed", "swapped", True),
        ("boxes", "back", "Grace", "they did not", "swapped", True),
    ]


@pytest.mark.parametrize(
    ("changed", "is_another"),
    [
        ("service/projections/letters.py", True),
        ("service/data/rules.toml", True),
        ("shared/contracts/intake/events.py", True),
        ("shared/deadlines/data/deadline_rules.csv", True),
        ("shared/eventstore/migrations/0001_events.sql", True),
        ("shared/clock.py", True),
        ("shared/smtp.py", False),
        ("shared/seals/seal.py", False),
        ("service/README.md", False),
        ("service/__pycache__/letters.cpython-311.pyc", False),
    ],
)
def test_f64_other_code_is_other_code_or_data_that_fills_the_model(
    tmp_path, monkeypatch, changed, is_another
):
    service = ModuleType("services.letters")
    service.__path__ = [str(tmp_path / "service")]
    monkeypatch.setitem(sys.modules, "services.letters", service)
    monkeypatch.setattr(shared, "__path__", [str(tmp_path / "shared")])
    path = tmp_path / changed
    path.parent.mkdir(parents=True)
    path.write_text("before")

    def fill(connection: Any, recorded: Any, event: Any) -> None: ...

    fill.__module__ = "services.letters.projections"
    model = with_apply(fill)
    before = code_of(model)
    path.write_text("after")

    assert (code_of(model) != before) is is_another
