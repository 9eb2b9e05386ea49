"""Weak hints that mean something together: none of them would do by itself."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.domain.normalise.needles import Finder
from services.intake.domain.normalise.text import Folded

WITHIN = 360  # characters from one hint to another: some three sentences


@dataclass(frozen=True, slots=True)
class Signs:
    """Kinds of hints; ``least`` different ones within ``WITHIN`` characters make a finding.

    ``light``: the numbers of kinds of which one more is needed where all are light.
    """

    kinds: tuple[Finder, ...]
    least: int = 2
    light: frozenset[int] = frozenset()

    def matches(self, text: Folded) -> list[tuple[int, re.Match[str]]]:
        """Every hint in ``text`` with the number of its kind, by where it stands."""
        found = [(kind, m) for kind, finder in enumerate(self.kinds) for m in finder.matches(text)]
        return sorted(found, key=lambda f: f[1].start())

    def together(self, found: Sequence[tuple[int, re.Match[str]]]) -> list[re.Match[str]]:
        """Of the hints ``found``, by where they stand, those with enough of other kinds near."""
        starts = [match.start() for _, match in found]
        holding = []
        for kind, match in found:
            low = bisect_left(starts, match.start() - WITHIN)
            high = bisect_right(starts, match.start() + WITHIN)
            if self._holds(kind, match, found[low:high]):
                holding.append(match)
        return holding

    def _holds(
        self, kind: int, match: re.Match[str], near: Sequence[tuple[int, re.Match[str]]]
    ) -> bool:
        """Do enough kinds stand in ``near``, its own among them? The same words count once."""
        kinds = {kind}
        for other, beside in near:
            if other not in kinds and not (_within(match, beside) or _within(beside, match)):
                kinds.add(other)
        return len(kinds) >= self.least + (kinds <= self.light)


def _within(one: re.Match[str], other: re.Match[str]) -> bool:
    return other.start() <= one.start() and one.end() <= other.end()
