"""Writes that are held back: what they end as is what they would have ended as one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.projections._statements import Statements, _batches


class Recording:
    """A connection that notes what it is asked to do."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Any]] = []

    def cursor(self) -> Recording:
        return self

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *_: object) -> None: ...

    def executemany(self, query: str, rows: list[Any]) -> None:
        self.done += [(query, row) for row in rows]

    def execute(self, query: str, params: Any = None) -> Recording:
        self.done.append((query, params))
        return self

    def fetchone(self) -> str:
        return "answer"


STATEMENTS = st.lists(
    st.tuples(
        st.sampled_from(["add", "move", "end"]),
        st.fixed_dictionaries({"n": st.integers()}, optional={"id": st.integers(0, 3)}),
    )
)


@given(STATEMENTS)
def test_statements_of_one_row_and_those_of_no_row_keep_their_order(held):
    done = [(query, row) for query, rows in _batches(held, "id") for row in rows]

    assert sorted(map(repr, done)) == sorted(map(repr, held))
    for key in range(4):
        alone = [one for one in held if one[1].get("id", key) == key]
        assert [one for one in done if one[1].get("id", key) == key] == alone


@given(STATEMENTS)
def test_without_a_parameter_that_keeps_rows_apart_the_order_stays(held):
    assert [(q, row) for q, rows in _batches(held, None) for row in rows] == held


def test_a_result_that_is_looked_at_is_that_of_all_before_it():
    connection = Recording()
    statements = Statements(connection, "id")  # type: ignore[arg-type]

    statements.execute("add", {"id": 1})
    assert connection.done == []
    assert statements.execute("read", {"id": 1}).fetchone() == "answer"
    assert connection.done == [("add", {"id": 1}), ("read", {"id": 1})]


def test_a_result_that_is_looked_at_too_late_is_refused():
    statements = Statements(Recording(), None)  # type: ignore[arg-type]
    result = statements.execute("read", {"id": 1})
    statements.execute("add", {"id": 1})

    with pytest.raises(TypeError, match="before executing the next one"):
        result.fetchone()
