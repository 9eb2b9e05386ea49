"""The mail door of ``permanence run``: a child process that is watched as long as it is open."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.host.parent import OPENED
from shared.errors import Unavailable


class MailDoorClosed(Unavailable):
    """No mail can come in."""

    code = "host.mail_door_closed"


@contextmanager
def mail_door(port: int, closed: Callable[[MailDoorClosed], None]) -> Iterator[None]:
    """Take mail on ``port`` of 127.0.0.1, as the environment says; listens once entered.

    ``closed`` is called, in a thread, if the process ends before this is left. Raises
    MailDoorClosed if the door does not open; why is what the process says on standard error.
    """
    # Its standard input closes when we die, however we die: the door ends with us. A Ctrl-C is
    # for us alone, or the door would be seen to end before we knew why.
    with subprocess.Popen(
        [sys.executable, "-m", "services.host.mail_in", "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        output = child.stdout
        assert output is not None  # noqa: S101 - a pipe was asked for
        leaving = threading.Event()

        def watch() -> None:
            for _ in output:
                pass
            status = child.wait()
            if not leaving.is_set():
                closed(
                    MailDoorClosed(
                        f"mail in: the process that took mail on 127.0.0.1:{port} ended (status "
                        f"{status}); all was stopped, what was accepted is kept; start again"
                    )
                )

        try:
            if not any(line.decode().strip() == OPENED for line in output):
                raise MailDoorClosed(
                    f"smtp-port: mail cannot come in on 127.0.0.1:{port}; stop what listens there, "
                    "or give another with --smtp-port"
                )
            watcher = threading.Thread(target=watch, name="mail-door")
            watcher.start()
            try:
                yield
            finally:
                leaving.set()
                child.terminate()
                watcher.join()
        finally:
            child.terminate()
