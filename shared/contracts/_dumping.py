"""Dumping what a schema dumps, fast: the counterpart of ``_loading``.

An event was made by this release, so each field holds what its annotation says; whatever does not
makes ``Unexpected``, and then the schema dumps it, or says what is wrong.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, get_type_hints
from uuid import UUID

from shared.contracts._hints import Convert, Unexpected, Ways, converter, exactly


@cache
def dumper(made: type, without: frozenset[str] = frozenset()) -> Convert:
    """What ``schema_class(made, without)().dump`` does to an instance; or Unexpected."""
    hints = get_type_hints(made)
    taken = [
        (field.name, attrgetter(field.name), converter(hints[field.name], _WAYS))
        for field in dataclasses.fields(made)
        if field.name not in without
    ]

    def dump(instance: Any) -> dict[str, Any]:
        if type(instance) is not made:
            raise Unexpected
        return {name: wire(value(instance)) for name, value, wire in taken}

    return dump


def _many(inner: Convert) -> Convert:
    def dump(value: Any) -> Any:
        if type(value) is not tuple:
            raise Unexpected
        return [inner(one) for one in value]

    return dump


def _of(kind: type, convert: Convert) -> Convert:
    def dump(value: Any) -> Any:
        if type(value) is not kind:
            raise Unexpected
        return convert(value)

    return dump


def _mapping(value: Any) -> Any:
    if not isinstance(value, Mapping) or any(type(key) is not str for key in value):
        raise Unexpected
    return dict(value)


_PLAIN: Mapping[Any, Convert] = {
    str: exactly(str),
    int: exactly(int),
    bool: exactly(bool),
    float: exactly(float),
    UUID: _of(UUID, str),
    date: _of(date, date.isoformat),
    datetime: _of(datetime, datetime.isoformat),
}
_WAYS = Ways(
    many=_many,
    mapping=_mapping,
    nested=dumper,
    enum=lambda kind: _of(kind, attrgetter("value")),
    plain=_PLAIN,
)
