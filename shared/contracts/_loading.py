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


@cache
def loader(made: type, without: frozenset[str] = frozenset()) -> Convert:
    """What ``schema_class(made, without)().load`` does to what its ``dump`` made; or Unexpected."""
    hints = get_type_hints(made)
    fields = [
        (f.name, converter(hints[f.name], _WAYS), _default(f)) for f in dataclasses.fields(made)
    ]
    taken = [field for field in fields if field[0] not in without]
    left_out = dict.fromkeys(without)

    def load(data: Any) -> Any:
        if type(data) is not dict:
            raise Unexpected
        values: dict[str, Any] = dict(left_out)
        for name, value_of, has_default in taken:
            if name in data:
                values[name] = value_of(data[name])
            elif not has_default:
                raise Unexpected
        return made(**values)

    return load


def _default(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing


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
    UUID: _text(UUID),
    date: _text(_day),
    datetime: _text(_instant),
}
_WAYS = Ways(many=_many, mapping=exactly(dict), nested=loader, enum=_enum, plain=_PLAIN)
