"""How long a reading may go on: asked between its steps of a clock that is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SecondsClock = Callable[[], float]


class TookTooLong(Exception):
    """A reading went on for longer than it may; a person reads the item instead."""


_is_over: ContextVar[Callable[[], bool] | None] = ContextVar("_is_over", default=None)


@contextmanager
def patience(seconds: float, clock: SecondsClock) -> Iterator[None]:
    """What is read inside raises ``TookTooLong`` once ``clock`` has gone on by ``seconds``."""
    end = clock() + seconds
    token = _is_over.set(lambda: clock() > end)
    try:
        yield
    finally:
        _is_over.reset(token)


def go_on() -> None:
    """Raise ``TookTooLong`` if the reading must end: said at every step that texts may multiply."""
    is_over = _is_over.get()
    if is_over is not None and is_over():
        raise TookTooLong
