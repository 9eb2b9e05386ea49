"""Texts made fit to be read: no word and no gap between words goes on without end."""

from __future__ import annotations

import re

LONGEST_WORD = 100
LONGEST_GAP = 100
_ENDLESS = re.compile(rf"(?:\b|\A)(?:\w{{{LONGEST_WORD + 1},}}|\W{{{LONGEST_GAP + 1},}})")
_DRAWN_OUT = re.compile(r"(.)\1{3,}")


def tamed(text: str) -> str:
    """``text`` with words and gaps cut that are longer than anybody writes them.

    Of a word, letters drawn out ("aiiiiiidez") are cut first, then its end; of a gap its middle,
    but for one line end. What is quoted of such a text may then not stand in it word for word.
    """
    return _ENDLESS.sub(_cut, text)


def _cut(match: re.Match[str]) -> str:
    run = match.group(0)
    if run[0].isalnum() or run[0] == "_":
        return _DRAWN_OUT.sub(r"\1\1\1", run)[:LONGEST_WORD]
    half = LONGEST_GAP // 2
    return run[:half] + ("\n" if "\n" in run[half:-half] else "") + run[-half:]
