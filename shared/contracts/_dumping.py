"""Dumping what a schema dumps, fast: the counterpart of ``_loading``.

An event was made by this release, so each field holds what its annotation says; whatever does not
makes ``Unexpected``, and then the schema dumps it, or says what is wrong.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from shared.contracts._loading import Unexpected

Dump = Callable[[Any], Any]


@cache
def dumper(made: type, without: frozenset[str] = frozenset()) -> Dump:
    """What ``schema_class(made, without)().dump`` does to an instance; or Unexpected."""
    hints = get_type_hints(made)
    taken = [
        (field.name, attrgetter(field.name), _value(hints[field.name]))
        for field in dataclasses.fields(made)
        if field.name not in without
    ]

    def dump(instance: Any) -> dict[str, Any]:
        if type(instance) is not made:
            raise Unexpected
        return {name: wire(value(instance)) for name, value, wire in taken}

    return dump


def _value(hint: Any) -> Dump:
    parts = get_args(hint)
    origin = get_origin(hint)
    if origin is tuple:
        return _many(_value(parts[0]))
    if origin in (dict, Mapping):
        return _mapping
    if NoneType in parts:
        [inner] = [part for part in parts if part is not NoneType]
        return _optional(_value(inner))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return dumper(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _of(hint, attrgetter("value"))
    return _PLAIN[hint]


def _many(inner: Dump) -> Dump:
    def dump(value: Any) -> Any:
        if type(value) is not tuple:
            raise Unexpected
        return [inner(one) for one in value]

    return dump


def _optional(inner: Dump) -> Dump:
    return lambda value: None if value is None else inner(value)


def _of(kind: type, convert: Dump) -> Dump:
    def dump(value: Any) -> Any:
        if type(value) is not kind:
            raise Unexpected
        return convert(value)

    return dump


def _as_it_is(kind: type) -> Dump:
    def dump(value: Any) -> Any:
        if type(value) is not kind:
            raise Unexpected
        return value

    return dump


def _mapping(value: Any) -> Any:
    if not isinstance(value, Mapping) or any(type(key) is not str for key in value):
        raise Unexpected
    return dict(value)


_PLAIN: Mapping[Any, Dump] = {
    str: _as_it_is(str),
    int: _as_it_is(int),
    bool: _as_it_is(bool),
    float: _as_it_is(float),
    UUID: _of(UUID, str),
    date: _of(date, date.isoformat),
    datetime: _of(datetime, datetime.isoformat),
}
