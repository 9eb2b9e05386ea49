"""The words of a rich text file."""

from __future__ import annotations

from striprtf.striprtf import rtf_to_text

_MOST_BYTES = 1_000_000


def rtf_text(raw: bytes) -> str | None:
    """The words, None if there are none, or ``raw`` is too large or no such file."""
    if not raw.lstrip().startswith(b"{\\rtf") or len(raw) > _MOST_BYTES:
        return None
    try:
        text = rtf_to_text(raw.decode("latin-1"), errors="replace")
    except Exception:  # the library raises many kinds on broken files
        return None
    return text if text.strip() else None
