"""Bytes of unknown origin as text."""

from __future__ import annotations

_MARKS = ".,;:!?'’\"()-/«»@<>|[]°&"
_JUDGED_CHARS = 600_000
_ASCII = frozenset({"us-ascii", "ascii"})
_OF_THE_WEST = frozenset(
    {"iso-8859-1", "latin1", "latin-1", "iso-8859-15", "windows-1252", "cp1252"}
)


def text_of(raw: bytes, charset: str | None = None) -> tuple[str, bool]:
    """The text of ``raw``, and whether it could be read: in ``charset`` if that holds, in UTF-8,
    else (as old systems send) in Windows-1252, in which nearly any bytes mean something.

    What is valid UTF-8 is believed over a charset of the West, which any bytes are valid in.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), True
    stated = (charset or "").lower()
    if stated in _OF_THE_WEST:
        try:
            return raw.decode("utf-8"), True
        except UnicodeDecodeError:
            return raw.decode("cp1252" if stated != "iso-8859-15" else stated, "replace"), True
    if charset and stated not in _ASCII:
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
