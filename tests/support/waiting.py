"""Waiting for something to become true, instead of sleeping."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(
    condition: Callable[[], T], timeout_seconds: float = 5, *, step_seconds: float = 0.02
) -> T:
    """The first true value of ``condition``; fails with its last value when the time is up."""
    deadline = time.monotonic() + timeout_seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"still {value!r} after {timeout_seconds} s")
        time.sleep(step_seconds)
    return value
