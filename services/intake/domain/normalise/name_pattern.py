"""What a name looks like in running text."""

from __future__ import annotations

UP = r"[A-ZÀ-ÖØ-ÞĀ-ŽḀ-Ỿ\u0410-\u042f]"
_WORD = rf"(?:{UP}[\w’'`-]*[\w]|{UP}\.?)"
_SMALL = r"(?:d[aeiou]s?|del|della|di|van|von|der|ben|bin|el|al|ould|la|le)"
NAME = rf"{_WORD}(?:[ \u00a0](?:{_SMALL}[ \u00a0])?{_WORD}){{0,4}}"
