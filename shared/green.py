"""Green threads, switched on in one place before anything else is imported.

Every process entry point begins with ``from shared import green; green.patch()``.
"""

from __future__ import annotations

import _thread
import logging
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def patch() -> None:
    """Make the standard library and psycopg yield to green threads; calling twice is harmless."""
    with warnings.catch_warnings():
        # eventlet announces its maintenance mode at every import; the runtime is chosen on purpose.
        warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")
        import eventlet
        import eventlet.patcher

        if not eventlet.patcher.is_monkey_patched("socket"):
            eventlet.monkey_patch()
    # Logging is done in threads of the system too (``aside``): its locks are theirs, for a green
    # thread that waits for a lock which such a thread gives back is never woken.
    logging._lock = thread_lock()  # type: ignore[attr-defined]
    # Only now, for both are made for what was patched.
    from psycopg import waiting

    from shared.green_wait import wait

    waiting.wait = wait


def thread_lock() -> Any:
    """A reentrant lock between threads of the system, whatever is patched.

    It blocks all green threads of one that waits: for what is done at once, and never yields.
    """
    return _thread.RLock()


@cache
def unpatched_select() -> Any:
    """The module ``select`` as it is without ``patch``, which takes ``poll`` away from it."""
    import select

    if hasattr(select, "poll"):
        return select
    import eventlet.patcher

    return eventlet.patcher.original("select")


def aside(work: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
    """What ``work`` returns, done in a thread of the system while the green threads go on.

    For long work in memory alone: connections and locks, but those of logging, belong to the green
    threads. Where there are none of these, it is done at once.
    """
    import eventlet.patcher
    import eventlet.tpool

    if not eventlet.patcher.is_monkey_patched("socket"):
        return work(*args, **kwargs)
    result: _Result = eventlet.tpool.execute(work, *args, **kwargs)
    return result
