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
def patience(
    seconds: float, clock: SecondsClock, ahead: SecondsClock | None = None
) -> Iterator[None]:
    """What is read inside raises ``TookTooLong`` once ``clock`` has gone on by ``seconds``.

    ``ahead`` is a clock that never goes slower and costs less to ask: the other is asked only
    once this one has gone so far.
    """
    end = clock() + seconds
    over = _over(clock, end)
    if ahead is not None:
        over = _over(ahead, ahead() + seconds, over)
    token = _is_over.set(over)
    try:
        yield
    finally:
        _is_over.reset(token)


def _over(
    clock: SecondsClock, end: float, then: Callable[[], bool] | None = None
) -> Callable[[], bool]:
    return lambda: clock() > end and (then is None or then())


def go_on() -> None:
    """Raise ``TookTooLong`` if the reading must end: said at every step that texts may multiply."""
    is_over = _is_over.get()
    if is_over is not None and is_over():
        raise TookTooLong
