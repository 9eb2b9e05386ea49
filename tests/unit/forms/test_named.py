"""What was wrong with a form, for a sentence that may be logged."""

from __future__ import annotations

import pytest
from marshmallow import RAISE, Schema, ValidationError, fields

from shared.forms import field_errors, named


class _Inner(Schema):
    on = fields.Date()


class _Form(Schema):
    class Meta:
        unknown = RAISE

    inner = fields.Nested(_Inner(unknown=RAISE))
    number = fields.Integer()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"number": "x"}, "number"),
        ({"number": "x", "inner": {"on": "y"}}, "inner.on, number"),
        ({"Canarioz Jean": 1}, "an unknown field"),
        ({"inner": {"Canarioz Jean": 1}, "number": "x"}, "number, an unknown field"),
    ],
)
def test_the_name_of_an_unknown_field_is_never_logged(sent, words):
    with pytest.raises(ValidationError) as raised:
        _Form().load(sent)

    assert named(field_errors(raised.value)) == words
