"""Waiting for something to become true, instead of sleeping."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 120.0  # a machine may have much else to do; whoever waits in vain waits once
_WORDS_TOLD = 300


def wait_until(
    condition: Callable[[], T],
    timeout_seconds: float = PATIENCE_SECONDS,
    *,
    step_seconds: float = 0.02,
) -> T:
    """The first true value of ``condition``; when the time is up, fails with its words and value.

    It is looked at once more after the time, however long this process was kept from running.
    """
    deadline = time.monotonic() + timeout_seconds
    while True:
        is_last_look = time.monotonic() > deadline
        if value := condition():
            return value
        if is_last_look:
            raise AssertionError(f"still {value!r} after {timeout_seconds} s: {_words(condition)}")
        time.sleep(step_seconds)


def _words(condition: Callable[[], object]) -> str:
    """The condition as it stands in the source, or its name."""
    name: str = getattr(condition, "__qualname__", repr(condition))
    if "<lambda>" not in name:
        return name
    try:
        return " ".join(inspect.getsource(condition).split())[:_WORDS_TOLD]
    except OSError:  # of a program given on the command line
        return name
