"""Patterns whose repetitions end: what may be said any number of times is looked for a few times.

A repetition without an end makes a search take the square of a text's length, or worse, where the
text repeats what may be repeated. A single kind of character, as in ``\\w*``, needs no bound: the
texts that are read have no endless runs of one (``tame``).
"""

from __future__ import annotations

import re

MOST_TIMES = 9  # a group, "(?:de |du |la )*"
MOST_CHARACTERS = 200  # of a class, "[^.]*", or of any, ".*"
_SIGN = r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|."
_REPEATED = re.compile(rf"({_SIGN})(?:([*+])|\{{(\d*),\}})?", re.DOTALL)


def bounded(pattern: str) -> str:
    """``pattern`` with an end to what it may repeat, groups and mixed characters."""
    return _REPEATED.sub(_ended, pattern)


def _ended(match: re.Match[str]) -> str:
    sign, star, least = match.groups()
    if (star is None and least is None) or not (sign in {")", "."} or sign[0] == "["):
        return match.group(0)
    low = {"*": "0", "+": "1"}.get(star) or least or "0"
    return f"{sign}{{{low},{MOST_TIMES if sign == ')' else MOST_CHARACTERS}}}"
