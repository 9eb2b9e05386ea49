"""A child process that is watched as long as it is needed."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def watched(child: subprocess.Popen[bytes], ended: Callable[[int], None]) -> Iterator[None]:
    """Ends ``child``, whose standard output is a pipe, when this is left.

    ``ended`` is told its status, in a thread, if it ends before. The child must be in a session of
    its own: a Ctrl-C is for us alone, or it would be seen to end before we knew why.
    """
    output = child.stdout
    assert output is not None  # noqa: S101 - a pipe was asked for
    leaving = threading.Event()

    def watch() -> None:
        for _ in output:  # until it is closed, for waiting for the process itself would be polling
            pass
        status = child.wait()
        if not leaving.is_set():
            ended(status)

    watcher = threading.Thread(target=watch, name="watched-child")
    watcher.start()
    try:
        yield
    finally:
        leaving.set()
        child.terminate()
        watcher.join()
