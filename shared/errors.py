"""The four kinds of failure, told apart by what the caller can do about them.

``code`` is stable and machine-readable; the text names the field, the value if it is harmless,
and the remedy. Texts never carry personal data: they are logged and cross the broker.
"""

from __future__ import annotations

from typing import ClassVar


class PermanenceError(Exception):
    """Base of every failure that permanence raises on purpose."""

    code: ClassVar[str] = "permanence.error"


class Refused(PermanenceError):
    """A rule says no; the text is shown to the person who asked."""

    code = "permanence.refused"


class Invalid(PermanenceError):
    """The input was not understood: kept, and shown to a person.

    ``fields`` maps the path of each bad field ("person.dob") to what is wrong and the remedy.
    """

    code = "permanence.invalid"

    def __init__(self, message: str, fields: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.fields: dict[str, list[str]] = fields or {}


class Conflict(PermanenceError):
    """Somebody else wrote first: reload and decide again."""

    code = "permanence.conflict"


class Unavailable(PermanenceError):
    """Something that we depend on does not answer: retry later."""

    code = "permanence.unavailable"
