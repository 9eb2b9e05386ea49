"""A guard, and what happens without it: one scenario, run as it is and with the guard taken away.

A scenario ends with what must hold, in assertions that name the harm. Where there is a test of the
guard already, its twin is a plain test named ``test_fNN_without_…`` beside it instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.waiting import PATIENCE_SECONDS, wait_until

LOST, DOUBLED = r"missing \[[^\]]", r"too many \[[^\]]"


_IN_VAIN_SECONDS = 3.0
_patience = {"seconds": PATIENCE_SECONDS}


def in_time(condition: Callable[[], object]) -> bool:
    """Whether it comes true: what a scenario asks at its end, of whatever takes a moment.

    Long is waited while the guard is there, shortly once it is taken away: then it never does.
    """
    with suppress(AssertionError):
        wait_until(condition, _patience["seconds"])
        return True
    return False


class Never(Exception):
    """Nobody raises it: in the place of what is caught, nothing is."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """``without`` stands in the place of ``where.name`` to show what it is good for: the scenario
    then fails by the ``harm``, a pattern. ``faults`` are numbers of the catalogue: "f24 f29"."""

    faults: str
    scenario: Callable[[Any], None]
    where: Any
    name: str
    without: Any
    harm: str

    def holds(self, subject: Any) -> None:
        """Nothing is harmed while the guard is there."""
        self.scenario(subject)

    def is_missed(self, subject: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without it, exactly that harm is done."""
        monkeypatch.setattr(self.where, self.name, self.without)
        monkeypatch.setitem(_patience, "seconds", _IN_VAIN_SECONDS)
        with pytest.raises(AssertionError, match=self.harm):
            self.scenario(subject)


def each(guards: Mapping[str, Guard]) -> pytest.MarkDecorator:
    """The test's ``guard`` is each of them, by name; its id carries the numbers of its faults."""
    ids = [f"{guard.faults}: {name}" for name, guard in guards.items()]
    return pytest.mark.parametrize("guard", guards.values(), ids=ids)
