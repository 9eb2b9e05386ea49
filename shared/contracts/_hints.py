"""What to make of a field's annotation: the one walk that loading and dumping share."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin

Convert = Callable[[Any], Any]


class Unexpected(Exception):
    """The value is not what its annotation says, in the form that a schema gives it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How values are converted, by what their annotation is; each raises Unexpected."""

    many: Callable[[Convert], Convert]
    mapping: Convert
    nested: Callable[[type], Convert]
    enum: Callable[[type[Enum]], Convert]
    plain: Mapping[Any, Convert]


def converter(hint: Any, ways: Ways) -> Convert:
    """How a value annotated ``hint`` is converted; None stays None where it is allowed."""
    parts = get_args(hint)
    origin = get_origin(hint)
    if origin is tuple:
        return ways.many(converter(parts[0], ways))
    if origin in (dict, Mapping):
        return ways.mapping
    if NoneType in parts:
        [inner] = [part for part in parts if part is not NoneType]
        return _optional(converter(inner, ways))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return ways.nested(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ways.enum(hint)
    return ways.plain[hint]


def exactly(kind: type) -> Convert:
    """The value itself, if it is of that type and of no other below it."""

    def convert(value: Any) -> Any:
        if type(value) is not kind:
            raise Unexpected
        return value

    return convert


def _optional(inner: Convert) -> Convert:
    return lambda value: None if value is None else inner(value)
