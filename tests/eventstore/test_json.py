"""What goes into the log as JSON is the same whoever writes it down."""

from __future__ import annotations

import json
from collections import namedtuple
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from shared.eventstore._json import LARGEST_INT, refuse_unstorable, to_json

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


def test_what_the_fast_writer_leaves_out_is_written_too():
    class Way(StrEnum):
        LETTER = "letter"

    Place = namedtuple("Place", "row seat")

    assert to_json({Way.LETTER: Place(1, 2.0)}) == '{"letter":[1,2.0]}'
    assert to_json({"way": Way.LETTER}) == '{"way":"letter"}'
