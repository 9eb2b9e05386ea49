"""What a name looks like in running text."""

from __future__ import annotations

UP = r"[A-ZÀ-ÖØ-ÞĀ-ŽḀ-Ỿ\u0410-\u042f]"
# Possessive and not endless: a name that leads to nothing is given up at once.
REST = r"[\w’'-]{0,40}"
_WORD = rf"{UP}(?:(?:[’'`-]{{0,3}}\w){{1,40}}+|\.?)"
_SMALL = r"(?:d[aeiou]s?|del|della|di|van|von|der|ben|bin|el|al|ould|la|le)"
NAME = rf"(?<!\w){_WORD}(?:[ \u00a0](?:{_SMALL}[ \u00a0])?{_WORD}){{0,4}}"
