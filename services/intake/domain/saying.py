"""What a person says in words that are kept in clear: they name nobody."""

from __future__ import annotations

from services.intake.domain.errors import ReasonMissing, WordsIdentify
from shared.identifying import identifies


def words(text: str, field: str, command: str, rule: str) -> str:
    """``text`` in one line; raises ReasonMissing, or WordsIdentify for numbers and addresses."""
    said = clear(text, field)
    if not said:
        raise ReasonMissing(command, rule)
    return said


def clear(text: str, field: str) -> str:
    """The same of words that may be left out."""
    said = " ".join(text.split())
    if identifies(said):
        raise WordsIdentify(field)
    return said
