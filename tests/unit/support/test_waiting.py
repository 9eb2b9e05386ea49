"""Waiting ends with the value, or says what was waited for."""

from __future__ import annotations

import time

import pytest

from tests.support.waiting import wait_until


def test_it_gives_the_first_true_value():
    values = iter([0, "", 7])

    assert wait_until(lambda: next(values), step_seconds=0) == 7


def test_it_says_what_was_waited_for_and_its_last_value():
    seen = [3]

    with pytest.raises(AssertionError, match=r"still False after 0 s: .*len\(seen\) == 2"):
        wait_until(lambda: len(seen) == 2, 0)


def test_it_names_a_function():
    def somebody_came() -> bool:
        return False

    with pytest.raises(AssertionError, match=r"after 0 s: .*somebody_came$"):
        wait_until(somebody_came, 0)


def test_it_looks_once_more_when_the_time_is_up():
    """A process that did not get to run meanwhile has not seen what came in time."""
    looks = []

    def looked_at_twice() -> bool:
        looks.append(1)
        time.sleep(0.02)
        return len(looks) == 2

    assert wait_until(looked_at_twice, 0.01)
