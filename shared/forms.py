"""What marshmallow found wrong with a form, by field, each with what to send instead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from marshmallow import ValidationError

UNKNOWN = "unknown field; leave it out"
# The library says what is wrong, and not always what would be right.
_REMEDIES: Mapping[str, str] = {
    "Missing data for required field.": "is missing; send it",
    "Field may not be null.": "is null; send a value, or leave the field out",
    "Invalid type.": "send an object, {…}",
    "Invalid input type.": "send an object, {…}",
    "Not a valid mapping type.": "send an object, {…}",
    "Not a valid list.": "send a list, […]",
    "Not a valid string.": "send a text, in quotation marks",
    "Not a valid utf-8 string.": "send a text in UTF-8",
    "Not a valid UUID.": "send an id such as 6f1c1f0e-0d5c-4b7e-9a39-0c5d4a1f2b3c",
    "Not a valid integer.": "send a whole number, without quotation marks",
    "Not a valid number.": "send a number, without quotation marks",
    "Not a valid boolean.": "send true or false, without quotation marks",
    "Not a valid date.": "send a date as YYYY-MM-DD",
    "Not a valid datetime.": "send an ISO 8601 instant such as 2026-04-07T22:30:00+02:00",
    "Not a valid aware datetime.": "add the zone, such as +02:00",
    "Not a valid time.": "send the hour as HH:MM",
    "Not a valid email address.": "send an address such as name@example.org",
    "String does not match expected pattern.": "is not in the form that is described",
    "Unknown field.": UNKNOWN,
    "Invalid value.": "is none of the values that are described",
}
_PATTERNS = (
    (re.compile(r"Longer than maximum length (\d+)\."), r"is too long; send \1 at most"),
    (re.compile(r"Shorter than minimum length (\d+)\."), r"is too short; send \1 at least"),
    (re.compile(r"Length must be between (\d+) and (\d+)\."), r"send from \1 to \2 characters"),
    (re.compile(r"Must be one of: (.*)\.", re.S), r"send one of: \1"),
    (re.compile(r"Must be (.*)\."), r"send a number \1"),
)


def field_errors(error: ValidationError) -> dict[str, list[str]]:
    """Path of each bad field ("person.born_on") with the remedies; never the value."""
    found: dict[str, list[str]] = {}

    def walk(path: str, value: object) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                walk(f"{path}.{name}" if path else str(name), inner)
        else:
            texts = value if isinstance(value, list) else [value]
            field = path.removesuffix("._schema")  # marshmallow's name for "the whole of it"
            found[field] = [_remedy(str(text)) for text in texts]

    walk("", error.messages)
    return found


def named(found: Mapping[str, list[str]]) -> str:
    """The fields of ``found`` for a sentence that is logged; one that is unknown keeps its name,
    which may be anything a caller typed, to itself."""
    known = sorted(path for path, texts in found.items() if UNKNOWN not in texts)
    return ", ".join([*known, *(["an unknown field"] if len(known) < len(found) else [])])


def _remedy(text: str) -> str:
    for pattern, remedy in _PATTERNS:
        if pattern.fullmatch(text):
            return pattern.sub(remedy, text)
    return _REMEDIES.get(text, text)
