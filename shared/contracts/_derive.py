"""Marshmallow schemas derived from the frozen dataclasses of the contracts.

A dataclass says once what an event holds; its schema, which guards what is stored and what
crosses the broker, follows from it: one schema per event type and version. Unknown fields are
left out when read, so that a newer writer's optional field does no harm to an older reader.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from marshmallow import EXCLUDE, Schema, fields, post_load

_PLAIN: dict[type, type[fields.Field[Any]]] = {
    UUID: fields.UUID,
    date: fields.Date,
    str: fields.String,
    int: fields.Integer,
    bool: fields.Boolean,
    float: fields.Float,
}


class DerivedSchema(Schema):
    """Loads into, and dumps from, one dataclass."""

    made: ClassVar[type]
    left_out: ClassVar[frozenset[str]] = frozenset()  # fields that come apart; None when loaded

    class Meta:
        unknown = EXCLUDE

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        return self.made(**dict.fromkeys(self.left_out), **data)


@cache
def schema_class(made: type, without: frozenset[str] = frozenset()) -> type[DerivedSchema]:
    """The schema of a dataclass, leaving out the fields in ``without``.

    Raises TypeError for a field whose type has no wire form: that is a mistake in the contract.
    """
    hints = get_type_hints(made)
    members: dict[str, Any] = {"made": made, "left_out": without}
    for field in dataclasses.fields(made):
        if field.name not in without:
            members[field.name] = _field(hints[field.name], field, f"{made.__name__}.{field.name}")
    return cast(type[DerivedSchema], type(f"{made.__name__}Schema", (DerivedSchema,), members))


def _field(hint: Any, field: dataclasses.Field[Any] | None, where: str) -> fields.Field[Any]:
    options: dict[str, Any] = {}
    if field is not None:
        options["required"] = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
    inner, optional = _unwrap(hint)
    if optional:
        options["allow_none"] = True
    return _typed(inner, options, where)


def _unwrap(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        kept = [part for part in get_args(hint) if part is not type(None)]
        if len(kept) == 1:
            return kept[0], True
    return hint, False


def _typed(hint: Any, options: dict[str, Any], where: str) -> fields.Field[Any]:
    if get_origin(hint) is tuple:
        return _Many(_field(get_args(hint)[0], None, where), **options)
    if get_origin(hint) in (dict, Mapping):
        return fields.Dict(keys=fields.String(), **options)
    if isinstance(hint, type):
        if hint is datetime:
            return _Instant(**options)
        if issubclass(hint, Enum):
            return fields.Enum(hint, by_value=True, **options)
        if dataclasses.is_dataclass(hint):
            return fields.Nested(schema_class(hint), **options)
        if hint in _PLAIN:
            return _PLAIN[hint](**options)
    raise TypeError(f"{where}: {hint!r} has no wire form; use one that the contracts know")


class _Many(fields.List[Any]):
    """A list on the wire, a tuple in the event."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class _Instant(fields.AwareDateTime):
    """An aware instant, always UTC in the event, ISO 8601 on the wire."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
