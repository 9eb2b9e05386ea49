"""What the five checks find fails the test, and is counted in the table of the fault suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support import fault_table
from tests.support.nothing_lost import Finding, assert_nothing_lost, once


@dataclass
class Hurt:
    """A system of which so much is known."""

    wanted: str
    found: str
    stuck: bool = False

    def in_flight(self) -> int:
        return 2

    def level(self, timeout_seconds: float, /) -> None:
        if self.stuck:
            raise TimeoutError

    def examine(self) -> Iterator[Finding]:
        return once("C2", "letters", self.wanted, self.found, in_order=True)


def noted() -> list[tuple[int, int, int]]:
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
    return [(one.in_flight, one.lost, one.doubled) for one in fault_table._notes[test]]


def test_what_came_once_and_in_order_is_well():
    assert_nothing_lost(Hurt("abc", "abc"))

    assert noted() == [(2, 0, 0)]


def test_what_was_lost_or_doubled_is_named_and_counted():
    with pytest.raises(AssertionError, match=r"C2: letters: missing \['b'\], too many \['c'\]"):
        assert_nothing_lost(Hurt("abc", "accc"))

    assert noted() == [(2, 1, 2)]


def test_what_came_in_another_order_is_told():
    with pytest.raises(AssertionError, match="C2: letters: out of order"):
        assert_nothing_lost(Hurt("abc", "acb"))


def test_what_never_comes_is_lost():
    with pytest.raises(TimeoutError):
        assert_nothing_lost(Hurt("abc", "a", stuck=True))

    assert noted() == [(2, 2, 0)]
