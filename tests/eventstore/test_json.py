"""What goes into the log as JSON is the same whoever writes it down."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.eventstore import _json
from shared.eventstore._json import DEEPEST, LARGEST_INT, refuse_unstorable, to_json

_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_numbers = st.integers(-LARGEST_INT, LARGEST_INT) | st.floats(-LARGEST_INT, LARGEST_INT)
_values = st.recursive(
    st.none() | st.booleans() | _numbers | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=12,
)


def exact(text: str | bytes) -> Any:
    """Numbers with all their digits, trailing zeros too, as jsonb keeps them."""
    return json.loads(text, parse_float=lambda number: Decimal(number).as_tuple())


@given(value=_values)
@example(value=[1e15, 1e-5, 1.5e-7, 5e-324, -0.0, 123456789012345.0, 2.0**53, 0.1])
def test_any_storable_value_is_written_as_the_standard_library_does(value: Any):
    refuse_unstorable({"value": value} if not isinstance(value, dict) else value, "data")

    written = to_json(value)

    assert exact(written) == exact(json.dumps(value))
    assert orjson.loads(written) == json.loads(written) == value


class Short(str):
    """Text all the same."""


_bad = st.sampled_from(
    [float("nan"), float("inf"), LARGEST_INT + 1, "\0", "half \ud800", b"", object(), Decimal(1)]
)
_doubtful = st.recursive(
    _values | _bad | st.builds(Short, _text),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(_text | st.sampled_from(["\0", "\ud800", 1, None]), inner, max_size=3)
    ),
    max_leaves=8,
)


def refused(check: Callable[[], None]) -> str | None:
    try:
        check()
    except Invalid as error:
        return str(error)
    return None


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


@given(value=_doubtful)
@example(value=nested(DEEPEST))
@example(value=nested(DEEPEST + 1))
@example(value={"": {"’": ("é", 1)}})
def test_the_quick_look_refuses_what_the_thorough_one_does(value: Any):
    quick = refused(lambda: refuse_unstorable(value, "data"))

    assert quick == refused(lambda: _json._check(value, "data", 0))


def test_what_cannot_be_stored_is_told_by_its_field():
    told = refused(lambda: refuse_unstorable({"a": [1, {"b": "\0"}]}, "data"))

    assert told is not None
    assert told.startswith("data.a[1].b: holds the character U+0000")
    assert refused(lambda: refuse_unstorable(nested(DEEPEST), "data")) is None
    assert "levels deep" in str(refused(lambda: refuse_unstorable(nested(DEEPEST + 1), "data")))


def test_what_the_fast_writer_leaves_out_is_written_too():
    class Way(StrEnum):
        LETTER = "letter"

    Place = namedtuple("Place", "row seat")

    assert to_json({Way.LETTER: Place(1, 2.0)}) == '{"letter":[1,2.0]}'
    assert to_json({"way": Way.LETTER}) == '{"way":"letter"}'
