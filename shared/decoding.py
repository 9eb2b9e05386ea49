"""Bytes of unknown origin as text."""

from __future__ import annotations

_MARKS = ".,;:!?'’\"()-/«»@<>|[]°&"
_JUDGED_CHARS = 600_000


def text_of(raw: bytes, charset: str | None = None) -> tuple[str, bool]:
    """The text of ``raw``, and whether it could be read: in ``charset`` if that holds, in UTF-8,
    else (as old systems send) in Windows-1252, in which nearly any bytes mean something."""
    if charset and charset.lower() not in {"us-ascii", "ascii"}:
        try:
            return raw.decode(charset), True
        except (LookupError, ValueError, AttributeError):
            pass
    try:
        return raw.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
        return text, _plausible(text[:_JUDGED_CHARS])


def _plausible(text: str) -> bool:
    """Does it look like writing?"""
    if "\ufffd" in text:
        return False
    odd = sum(1 for c in text if not (c.isalnum() or c.isspace() or c in _MARKS))
    return odd <= len(text) * 0.1
