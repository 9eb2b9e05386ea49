"""An SMTP server that keeps every message as a file: for demonstrations and tests, on loopback.

It runs as a child process, for asyncio and the services' green threads do not mix. It can be told
to misbehave as real servers do: refuse, put off, lose its answer, take its time.

    with SmtpCapture(folder) as server:
        ...  # send to 127.0.0.1:server.port
        server.behave("close_after_data", times=1)
        server.messages()
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from aiosmtpd.smtp import SMTP

from services.host.parent import end_with_parent
from services.host.watched import watched
from shared.errors import Unavailable

Behaviour = Literal[
    "accept",  # take every message
    "unavailable",  # 421 at the greeting's answer, then hang up
    "refuse_sender",  # 530 to every sender
    "reject",  # 550 to every recipient, for good
    "defer",  # 451 after the message, for now
    "close_after_data",  # take the message, then hang up before the 250
    "delay",  # take the message, answer after ``seconds``
]
_START_SECONDS = 30.0


class CaptureNotStarted(Unavailable):
    """The capturing server did not start."""

    code = "host.smtp_capture_not_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """One message as it came; ``behaviour`` says how the server answered it."""

    number: int
    mail_from: str
    recipients: tuple[str, ...]
    message_id: str
    subject: str
    behaviour: str
    path: Path

    @property
    def message(self) -> EmailMessage:
        """Parsed."""
        return message_from_bytes(self.path.read_bytes(), policy=default)


class CaptureEnded(Unavailable):
    """Mail that goes out is kept no more."""

    code = "host.smtp_capture_ended"


class SmtpCapture:
    """The server as its parent sees it; files go to ``folder``, ``port`` 0 takes a free one.

    ``ended`` is called, in a thread, if the process ends before it is stopped.
    """

    def __init__(
        self, folder: Path, port: int = 0, *, ended: Callable[[CaptureEnded], None] | None = None
    ) -> None:
        self.folder = folder
        self.port = port
        self._ended = ended
        self._process: subprocess.Popen[bytes] | None = None
        self._watched = contextlib.ExitStack()

    def start(self) -> None:
        """Start it, on the same port as before if it ran already; raises CaptureNotStarted."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ready = self.folder / "port"
        ready.unlink(missing_ok=True)
        arguments = ["--folder", str(self.folder), "--port", str(self.port)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "services.host.smtp_capture", *arguments],
            stdin=subprocess.PIPE,  # closes when we die, however we die: the child ends with us
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        until = time.monotonic() + _START_SECONDS
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise CaptureNotStarted(
                    f"port: the capturing SMTP server did not start on {self.port}; free the port"
                )
            time.sleep(0.02)
        self.port = int(ready.read_text(encoding="ascii"))
        self._watched.enter_context(watched(self._process, self._tell_end))

    def _tell_end(self, status: int) -> None:
        if self._ended:
            self._ended(
                CaptureEnded(
                    f"mail out: the process that kept outgoing mail on 127.0.0.1:{self.port} ended "
                    f"(status {status}); all was stopped, what had not left leaves at the next "
                    "start"
                )
            )

    def stop(self) -> None:
        """End it, if it runs; what it kept stays."""
        self._watched.close()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def behave(
        self, behaviour: Behaviour, *, seconds: float = 0.0, times: int | None = None
    ) -> None:
        """From now on, or for the next ``times`` messages (connections, for "unavailable")."""
        order = {"behaviour": behaviour, "seconds": seconds, "times": times}
        _replace(self.folder / "behaviour.json", json.dumps(order))

    def messages(self) -> list[Captured]:
        """What came so far, in the order in which it came."""
        index = self.folder / "index.jsonl"
        if not index.exists():
            return []
        lines = index.read_text(encoding="utf-8").splitlines()
        return [_captured(self.folder, json.loads(line)) for line in lines]

    def forget(self) -> None:
        """Start afresh: no message kept, no misbehaviour."""
        for name in ("index.jsonl", "behaviour.json"):
            (self.folder / name).unlink(missing_ok=True)

    def __enter__(self) -> SmtpCapture:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _captured(folder: Path, entry: Mapping[str, Any]) -> Captured:
    return Captured(
        number=entry["number"],
        mail_from=entry["mail_from"],
        recipients=tuple(entry["recipients"]),
        message_id=entry["message_id"],
        subject=entry["subject"],
        behaviour=entry["behaviour"],
        path=folder / f"{entry['number']:05}.eml",
    )


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


class _Handler:
    """Keeps what comes; behaves as the folder says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = len(list(folder.glob("*.eml")))

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if self._behaviour("unavailable"):
            server.transport.close()
            return ["421 4.3.2 not now"]
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._behaviour("refuse_sender"):
            return "530 5.7.0 authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self._behaviour("reject"):
            return "550 5.1.1 no such person here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self._behaviour("defer"):
            return "451 4.3.0 try again"
        closing, delay = self._behaviour("close_after_data"), self._behaviour("delay")
        self._keep(envelope, "close_after_data" if closing else "delay" if delay else "accept")
        if closing:
            server.transport.abort()
        if delay:
            await asyncio.sleep(delay["seconds"])
        return "250 2.0.0 OK"

    def _behaviour(self, asked: Behaviour) -> Mapping[str, Any] | None:
        """The order, if it is for ``asked``; counted down when it holds for some times only."""
        path = self._folder / "behaviour.json"
        if not path.exists():
            return None
        order: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if order["behaviour"] != asked or order["times"] == 0:
            return None
        if order["times"] is not None:
            _replace(path, json.dumps({**order, "times": order["times"] - 1}))
        return order

    def _keep(self, envelope: Any, behaviour: str) -> None:
        self._number += 1
        content: bytes = envelope.original_content or envelope.content
        (self._folder / f"{self._number:05}.eml").write_bytes(content)
        message = message_from_bytes(content, policy=default)
        entry = {
            "number": self._number,
            "mail_from": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "message_id": str(message["Message-ID"]),
            "subject": str(message["Subject"]),
            "behaviour": behaviour,
        }
        with (self._folder / "index.jsonl").open("a", encoding="utf-8") as index:
            index.write(json.dumps(entry, ensure_ascii=False) + "\n")


async def _serve(folder: Path, host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    handler = _Handler(folder)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="capture.localhost", loop=loop), host, port
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if not sys.stdin.isatty():
        end_with_parent(stopped)
    _replace(folder / "port", str(server.sockets[0].getsockname()[1]))
    async with server:
        await stopped.wait()


def main() -> None:
    """Serve until told to stop; the port, once it listens, stands in ``<folder>/port``."""
    parser = argparse.ArgumentParser(description="Keep every message that comes by SMTP.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    os.umask(0o077)  # mails hold sign-in links, and may name people
    asyncio.run(_serve(given.folder, given.host, given.port))


if __name__ == "__main__":
    main()
