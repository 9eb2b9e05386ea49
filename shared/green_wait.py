"""How psycopg waits for the database under green threads; see ``shared.green``."""

from __future__ import annotations

import os
from collections.abc import Generator
from time import monotonic
from typing import Any

from eventlet import sleep
from eventlet.green.select import select
from psycopg import errors, waiting

from shared.green import unpatched_select

PATIENCE_MS = 1
"""How long an answer is awaited before other green threads get their turn.

Most answers are there in a fraction of that, and the way through the hub and back costs more than
all else in a short transaction (measured: half of its CPU time)."""

LONGEST_TURN_SECONDS = 0.02
"""After which the others get their turn all the same, however fast the answers come."""

_poll = unpatched_select()
_MASKS = {
    waiting.WAIT_R: _poll.POLLIN,
    waiting.WAIT_W: _poll.POLLOUT,
    waiting.WAIT_RW: _poll.POLLIN | _poll.POLLOUT,
}


_turn_began = monotonic()


def wait(
    gen: Generator[waiting.Wait, waiting.Ready, Any],
    fileno: int,
    interval: float = 0.0,
    timeout: float | None = None,
) -> Any:
    """Run ``gen`` to its end and return what it returns; stands in for ``psycopg.waiting.wait``.

    Blocks the process for ``PATIENCE_MS`` after each thing sent, then lets others run; beforehand
    too, if none of them ran for ``LONGEST_TURN_SECONDS``. After every ``interval`` (seconds)
    without an answer it looks whether the connection was closed; raises psycopg's own time-out
    after ``timeout`` (seconds).
    """
    _give_way_if_due()
    deadline = None if timeout is None else monotonic() + timeout
    patience: float = PATIENCE_MS
    try:
        wanted = next(gen)
        while True:
            pause = interval
            if deadline is not None:
                pause = max(0.0, min(interval, deadline - monotonic()))
            ready = _at_once(fileno, wanted, min(patience, pause * 1000))
            if not ready:
                ready = _in_turn(fileno, wanted, pause)
            if ready:
                wanted = gen.send(ready)
                patience = PATIENCE_MS
            else:
                patience = 0
                _look(fileno)
                gen.send(waiting.READY_NONE)
            if deadline is not None and monotonic() >= deadline:
                raise errors._WaitTimeout("wait timeout expired")
    except StopIteration as end:
        return end.value


def _give_way_if_due() -> None:
    if monotonic() - _turn_began > LONGEST_TURN_SECONDS:
        sleep(0)
        _others_ran()


def _others_ran() -> None:
    global _turn_began
    _turn_began = monotonic()


def _at_once(fileno: int, wanted: waiting.Wait, milliseconds: float) -> waiting.Ready:
    """What is ready within that time, everybody else waiting."""
    poller = _poll.poll()
    poller.register(fileno, _MASKS[wanted])
    found = poller.poll(milliseconds)
    if not found:
        return waiting.READY_NONE
    # Reading comes first: what a server that ends the session says must be read before writing to
    # it fails. Errors and hang-ups show to whoever reads.
    if wanted & waiting.WAIT_R and found[0][1] != _poll.POLLOUT:
        return waiting.READY_R
    return waiting.READY_W


def _in_turn(fileno: int, wanted: waiting.Wait, seconds: float) -> waiting.Ready:
    """What is ready within that time, others running."""
    reads = [fileno] if wanted & waiting.WAIT_R else []
    writes = [fileno] if wanted & waiting.WAIT_W else []
    readable, writable, _ = select(reads, writes, [], seconds)
    _others_ran()
    if readable:
        return waiting.READY_R
    return waiting.READY_W if writable else waiting.READY_NONE


def _look(fileno: int) -> None:
    try:
        os.fstat(fileno)
    except OSError as error:
        raise errors.OperationalError("connection socket closed") from error
