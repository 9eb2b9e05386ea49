"""The shape of stored data as JSON Schema, read off the schemas that guard it.

Serves the golden samples (an event's shape may not change within a version) and the catalogue.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

JsonSchema = dict[str, Any]

# The first that fits: subclasses before their bases.
_SIMPLE: tuple[tuple[type[fields.Field[Any]], JsonSchema], ...] = (
    (fields.UUID, {"type": "string", "format": "uuid"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.DateTime, {"type": "string", "format": "date-time"}),
    (fields.String, {"type": "string"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Float, {"type": "number"}),
    (fields.Dict, {"type": "object"}),
)


def shape_of(schema: Schema) -> JsonSchema:
    """The JSON Schema of what ``schema`` loads; required fields in the order of the class."""
    shape: JsonSchema = {
        "type": "object",
        "properties": {name: _field(field) for name, field in schema.fields.items()},
    }
    required = [name for name, field in schema.fields.items() if field.required]
    return shape | {"required": required} if required else shape


def _field(field: fields.Field[Any]) -> JsonSchema:
    shape = _of_type(field)
    if not field.allow_none:
        return shape
    if "enum" in shape:
        return shape | {"type": ["string", "null"], "enum": [*shape["enum"], None]}
    return shape | {"type": [shape["type"], "null"]}


def _of_type(field: fields.Field[Any]) -> JsonSchema:
    if isinstance(field, fields.Enum):
        return {"type": "string", "enum": [member.value for member in field.enum]}
    if isinstance(field, fields.Nested):
        return shape_of(field.schema)
    if isinstance(field, fields.List):
        return {"type": "array", "items": _field(field.inner)}
    return dict(next(shape for kind, shape in _SIMPLE if isinstance(field, kind)))


def breaks(old: JsonSchema, new: JsonSchema, where: str = "") -> list[str]:
    """What makes data of shape ``old`` another than ``new``; growth is no break.

    Growth: a field that may be absent, a further value of a list of words. Whoever reads with the
    older shape leaves the one out and parks the other.
    """
    named = where or "the event"
    if old.get("type") != new.get("type") or old.get("format") != new.get("format"):
        return [f"{named} has another type"]
    found = [
        f"{named} no longer knows {word!r}"
        for word in old.get("enum", ())
        if word not in new.get("enum", ())
    ]
    if "items" in old:
        found += breaks(old["items"], new["items"], f"{where}[]")
    if "properties" in old:
        found += _broken_fields(old, new, where)
    return found


def _broken_fields(old: JsonSchema, new: JsonSchema, where: str) -> list[str]:
    before, after = old["properties"], new["properties"]
    needed_before, needed = set(old.get("required", ())), set(new.get("required", ()))
    found = []
    for name, shape in before.items():
        path = f"{where}.{name}".lstrip(".")
        if name not in after:
            found.append(f"{path} is gone")
        elif (name in needed_before) != (name in needed):
            found.append(f"{path} is {'now' if name in needed else 'no longer'} required")
        else:
            found += breaks(shape, after[name], path)
    added = [name for name in after if name not in before and name in needed]
    return found + [f"{where}.{name}".lstrip(".") + " is new and required" for name in added]
