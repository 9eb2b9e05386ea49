"""The mail door of ``permanence run`` and ``demo``: a child process that is watched."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.host.parent import OPENED
from services.host.watched import watched
from shared.errors import Unavailable


class MailDoorClosed(Unavailable):
    """No mail can come in."""

    code = "host.mail_door_closed"


@contextmanager
def mail_door(listening: socket.socket, closed: Callable[[MailDoorClosed], None]) -> Iterator[None]:
    """Take mail on the socket ``listening``, which is the child's from now on, as the environment
    says.

    ``closed`` is called, in a thread, if the process ends before this is left. Raises
    MailDoorClosed if the door does not open; why is what the process says on standard error.
    """
    host, port = listening.getsockname()[:2]
    # Its standard input closes when we die, however we die: the door ends with us.
    with subprocess.Popen(  # noqa: S603 - our own module
        [
            *(sys.executable, "-m", "services.host.mail_in"),
            *("--with-parent", f"--smtp-fd={listening.fileno()}"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[listening.fileno()],
        start_new_session=True,
    ) as child:
        listening.close()
        output = child.stdout
        assert output is not None  # noqa: S101 - a pipe was asked for

        def ended(status: int) -> None:
            closed(
                MailDoorClosed(
                    f"mail in: the process that took mail on {host}:{port} ended (status "
                    f"{status}); all was stopped, what was accepted is kept; start again"
                )
            )

        try:
            if not any(line.decode().strip() == OPENED for line in output):
                raise MailDoorClosed(
                    f"mail in: mail cannot come in on {host}:{port}; the lines above say why"
                )
            with watched(child, ended):
                yield
        finally:
            child.terminate()
