"""What a name looks like in running text."""

from __future__ import annotations

_LETTERS = (range(0xC0, 0x250), range(0x400, 0x430), range(0x1E00, 0x1F00))  # Latin and Cyrillic
_CAPITALS = "".join(c for letters in _LETTERS for c in map(chr, letters) if c.isupper())
UP = rf"[A-Z{_CAPITALS}]"
# Possessive and not endless: a name that leads to nothing is given up at once.
REST = r"[\w’'-]{0,40}"
_WORD = rf"{UP}(?:(?:[’'`-]{{0,3}}\w){{1,40}}+|\.?)"
_SMALL = r"(?:d[aeiou]s?|del|della|di|van|von|der|ben|bin|el|al|ould|la|le)"
NAME = rf"(?<!\w){_WORD}(?:[ \u00a0](?:{_SMALL}[ \u00a0])?{_WORD}){{0,4}}"
