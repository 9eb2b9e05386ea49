"""What may be stored as JSON: only what every reader, PostgreSQL included, reads back the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from shared.errors import Invalid

LARGEST_INT = 2**53
DEEPEST = 32


def refuse_unstorable(value: Any, path: str) -> None:
    """Raise ``Invalid``, naming the field, if ``value`` would not come back as it went in.

    Refused: NaN and infinities, numbers beyond 2^53, lone surrogates, U+0000, keys that are not
    text, values that are not JSON, more than 32 levels.
    """
    if not _plainly_fine(value, DEEPEST):
        _check(value, path, 0)  # looks again, and can name the field


def to_json(value: Any) -> str:
    """Compact JSON, non-ASCII characters as they are; for values already checked."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # it leaves out named tuples, keys that are a subclass of text, and the like
        return _ENCODE(value)


_ENCODE = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode


def canonical(value: Any) -> bytes:
    """The same bytes for equal values, whatever the order of their keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plainly_fine(value: Any, levels: int) -> bool:
    """Whether all is of the very types of JSON and storable: almost always, and told in half the
    time. False where only ``_check`` can tell."""
    kind = type(value)
    if kind is str:
        return _text_fine(value)
    if value is None or kind is bool:
        return True
    if kind is int or kind is float:
        return bool(-LARGEST_INT <= value <= LARGEST_INT)
    return levels > 0 and _container_fine(value, kind, levels - 1)


def _container_fine(value: Any, kind: type, levels: int) -> bool:
    inner = value
    if kind is dict:
        for key in value:
            if type(key) is not str or not _text_fine(key):
                return False
        inner = value.values()
    elif kind is not list and kind is not tuple:
        return False
    for item in inner:  # noqa: SIM110 - a generator would take half as long again
        if not _plainly_fine(item, levels):
            return False
    return True


def _text_fine(text: str) -> bool:
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check(value: Any, path: str, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, int | float):  # booleans too
        # NaN is neither above nor below anything.
        if not -LARGEST_INT <= value <= LARGEST_INT:
            raise _invalid(path, "not a number, or one beyond 2^53; send it as text")
    elif value is not None:
        _check_container(value, path, depth)


def _check_container(value: Any, path: str, depth: int) -> None:
    if depth == DEEPEST:
        raise _invalid(path, f"more than {DEEPEST} levels deep; make it flatter")
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise _invalid(path, "a key that is not text; write it as text")
            _check_text(key, path)
            _check(item, f"{path}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, f"{path}[{index}]", depth + 1)
    else:
        raise _invalid(path, f"a {type(value).__name__} is not JSON; convert it to text first")


def _check_text(text: str, path: str) -> None:
    if _text_fine(text):
        return
    if "\0" in text:
        raise _invalid(path, "holds the character U+0000; remove it")
    raise _invalid(path, "holds half a character (a lone surrogate); replace it")


def _invalid(path: str, problem: str) -> Invalid:
    # A key that cannot be encoded must not make the message unprintable in turn.
    shown = path.encode(errors="backslashreplace").decode()
    return Invalid(f"{shown}: {problem}", fields={shown: [problem]})
