"""Words that are kept in clear: whether they hold what looks like a person's number or address."""

from __future__ import annotations

import re

_IDENTIFIES = re.compile(r"\d[\d .\-]{4,}\d|\S@\S")


def identifies(words: str) -> bool:
    """A number of six signs or more, or an e-mail address."""
    return _IDENTIFIES.search(words) is not None
