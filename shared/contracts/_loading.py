"""Loading what a schema has already checked, fast.

A schema checks field by field, at some 0.1 ms an event; what is in a log was made by the same
schema, so here each field is taken as it is expected to be. Whatever is not makes ``Unexpected``,
and then the schema says what is wrong (or that nothing is).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID

from shared.contracts._hints import Convert, Unexpected, Ways, converter, exactly
from shared.ids import parse_id


@cache
def loader(made: type, without: frozenset[str] = frozenset()) -> Convert:
    """What ``schema_class(made, without)().load`` does to what its ``dump`` made; or Unexpected."""
    if not hasattr(made, "__slots__") or hasattr(made, "__post_init__"):
        raise TypeError(f"{made.__name__}: is made without __init__; give it slots, nothing else")
    hints = get_type_hints(made)
    fields = dataclasses.fields(made)
    taken = [_taken(made, f, hints[f.name]) for f in fields if f.name not in without]
    left_out = [getattr(made, name).__set__ for name in without]

    def load(data: Any) -> Any:
        if type(data) is not dict:
            raise Unexpected
        event: Any = object.__new__(made)
        for put in left_out:
            put(event, None)
        for name, plain, value_of, put, default in taken:  # half the time of made(**values)
            if name not in data:
                put(event, default())
                continue
            value = data[name]
            put(event, value if type(value) is plain else value_of(value))
        return event

    return load


_Taken = tuple[str, type | None, Convert, Callable[[Any, Any], None], Callable[[], Any]]


def _taken(made: type, field: dataclasses.Field[Any], hint: Any) -> _Taken:
    """Its name, the type whose values are taken as they are, and how else; how it is put into its
    slot; what stands there if it is missing."""
    plain = hint if hint in (str, int, bool) else None
    put = getattr(made, field.name).__set__
    return field.name, plain, converter(hint, _WAYS), put, _default(field)


def _default(field: dataclasses.Field[Any]) -> Callable[[], Any]:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory
    if field.default is dataclasses.MISSING:
        return _missing
    return lambda: field.default


def _missing() -> Any:
    raise Unexpected


def _many(inner: Convert) -> Convert:
    def load(value: Any) -> Any:
        if type(value) is not list:
            raise Unexpected
        return tuple([inner(one) for one in value])

    return load


def _enum(kind: type[Enum]) -> Convert:
    known = {member.value: member for member in kind}

    def load(value: Any) -> Any:
        try:
            return known[value]
        except (KeyError, TypeError):
            raise Unexpected from None

    return load


def _text(parse: Callable[[str], Any]) -> Convert:
    def load(value: Any) -> Any:
        try:
            return parse(value)
        except (ValueError, TypeError, AttributeError):
            raise Unexpected from None

    return load


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError
    return instant.astimezone(UTC)


def _day(text: str) -> date:
    if len(text) != len("2026-03-05"):
        raise ValueError
    return date.fromisoformat(text)


def _number(value: Any) -> Any:
    if type(value) is not float and type(value) is not int:
        raise Unexpected
    return float(value)


_PLAIN: Mapping[Any, Convert] = {
    str: exactly(str),
    int: exactly(int),
    bool: exactly(bool),
    float: _number,
    UUID: _text(parse_id),
    date: _text(_day),
    datetime: _text(_instant),
}
_WAYS = Ways(many=_many, mapping=exactly(dict), nested=loader, enum=_enum, plain=_PLAIN)
