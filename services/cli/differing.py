"""How two states of a stream differ, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_ABSENT = object()


def differences(before: Any, after: Any) -> list[dict[str, Any]]:
    """A row for each field that differs: field, before, after; None where a side lacks it.

    Both are plain JSON values. Lists are compared as a whole unless both hold objects.
    """
    return [
        {"field": field, "before": _told(old), "after": _told(new)}
        for field, old, new in _walk("", before, after)
    ]


def _walk(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    old_parts, new_parts = _parts(old), _parts(new)
    if old_parts is None and new_parts is None:
        yield path or "(all)", old, new
    elif _splits(old, old_parts) and _splits(new, new_parts):
        old_parts, new_parts = old_parts or {}, new_parts or {}
        for name in dict.fromkeys([*old_parts, *new_parts]):
            inner = f"{path}.{name}" if path else name
            yield from _walk(inner, old_parts.get(name, _ABSENT), new_parts.get(name, _ABSENT))
    else:
        yield path or "(all)", old, new


def _splits(value: Any, parts: Mapping[str, Any] | None) -> bool:
    """Whether a side may be looked into beside one that can: it has parts, or is not there."""
    return parts is not None or value is None or value is _ABSENT


def _parts(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return {str(number): one for number, one in enumerate(value)}
    return None


def _told(value: Any) -> Any:
    return None if value is _ABSENT else value
