"""The folder that e-mails wait in: ``tmp/`` → ``new/`` → ``cur/``, or ``failed/``.

As in a maildir, a file appears in ``new/`` whole or not at all, and what was accepted is on the
disk. A message may begin with one line that tells its envelope; a plain RFC 5322 file dropped
into ``new/`` by hand or by another mail server is taken too, under a name of the spool's own.
Imports nothing that waits for green threads: the SMTP receiver, a process of its own, writes here.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_MARK = b'{"permanence-envelope":'
_LONGEST_ENVELOPE_BYTES = 1 << 16
_FOLDERS = ("tmp", "new", "cur", "failed")
# What is older is written by nobody any more.
LONGEST_WRITING = timedelta(hours=1)
_OWN_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}\.\d+_[0-9a-f]{12}\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the mail transport knew besides the message."""

    sender: str | None
    recipients: tuple[str, ...]
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A message in the spool; ``whole`` is False when only its beginning was read."""

    name: str
    envelope: Envelope | None
    raw: bytes
    size_bytes: int
    whole: bool


class Spool:
    """A spool in ``folder``, which is made if it is not there. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _FOLDERS:
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, raw: bytes, envelope: Envelope) -> str:
        """Write a message to disk for good; when this returns, a power cut loses nothing.

        Raises OSError (disk full, no right): then nothing was accepted.
        """
        name = _name(envelope.received_at)
        waiting = self.folder / "tmp" / name
        try:
            with waiting.open("xb") as file:
                file.write(_head(envelope))
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            waiting.rename(self.folder / "new" / name)
        except OSError:
            waiting.unlink(missing_ok=True)
            raise
        _sync_folder(self.folder / "new")
        return name

    def waiting(self, most: int) -> Sequence[str]:
        """The names of the oldest messages in ``new/``, at most ``most``.

        A link is no message, whatever it leads to: it is set aside, under a name of the spool's.
        """
        entries = list(os.scandir(self.folder / "new"))
        for link in (entry for entry in entries if entry.is_symlink()):
            if own := self.take_over(link.name):
                self.set_aside(own)
        names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        return sorted(name for name in names if not name.startswith("."))[:most]

    def read(self, name: str, *, most_bytes: int) -> Spooled | None:
        """A message of ``new/``, or its first ``most_bytes``; None if another took it."""
        path = self.folder / "new" / name
        try:
            with open(path, "rb", opener=_no_link) as file:
                size = os.fstat(file.fileno()).st_size
                envelope, beginning = _envelope(file.readline(_LONGEST_ENVELOPE_BYTES))
                raw = beginning + file.read(max(0, most_bytes + 1 - len(beginning)))
        except FileNotFoundError:
            return None
        whole = len(raw) <= most_bytes
        return Spooled(
            name=name, envelope=envelope, raw=raw[:most_bytes], size_bytes=size, whole=whole
        )

    def take_over(self, name: str) -> str | None:
        """Give a message of ``new/`` a name of the spool's, unless it has one: a name that somebody
        else gave may tell of a person, and come again. None if another process took it."""
        if is_own_name(name):
            return name
        own = _name(datetime.now(UTC))
        try:
            (self.folder / "new" / name).rename(self.folder / "new" / own)
        except FileNotFoundError:
            return None
        _sync_folder(self.folder / "new")
        return own

    def done(self, name: str) -> None:
        """The message is kept in the database: out of ``new/``."""
        self._move(name, "cur")

    def set_aside(self, name: str) -> None:
        """Nobody could take the message in: to ``failed/``, where a person finds it whole."""
        self._move(name, "failed")

    def count(self, folder: str) -> int:
        """How many messages lie in one of the folders."""
        return sum(1 for _ in self._messages(folder))

    def oldest_waiting(self) -> datetime | None:
        """When the oldest message in ``new/`` was written; None if none waits."""
        written = []
        for entry in self._messages("new"):
            with suppress(FileNotFoundError):  # taken in meanwhile
                written.append(entry.stat(follow_symlinks=False).st_mtime)
        return datetime.fromtimestamp(min(written), UTC) if written else None

    def set_aside_names(self) -> list[str]:
        """The names in ``failed/``, oldest first."""
        return sorted(entry.name for entry in os.scandir(self.folder / "failed"))

    def forget_old(self, now: datetime, kept: timedelta) -> int:
        """Delete what is older than ``kept``: from ``cur/`` what the database holds, encrypted, and
        from ``tmp/`` what was cut short, whose writer acknowledged nothing."""
        unfinished = now - max(kept, LONGEST_WRITING)
        return self._forget("cur", now - kept) + self._forget("tmp", unfinished)

    def everything(self) -> Iterator[tuple[str, str]]:
        """Folder and name of all that lies there, whatever became of it."""
        for folder in _FOLDERS:
            for entry in os.scandir(self.folder / folder):
                if entry.is_file() or entry.is_symlink():
                    yield folder, entry.name

    def delete(self, folder: str, name: str) -> None:
        """Delete a message for good; nothing if it is gone."""
        (self.folder / folder / name).unlink(missing_ok=True)
        _sync_folder(self.folder / folder)

    def newest(self, folder: str, names: Sequence[str]) -> datetime:
        """When the newest of ``names`` was written; the beginning of time if all are gone."""
        written = [0.0]
        for name in names:
            with suppress(FileNotFoundError):
                written.append((self.folder / folder / name).stat(follow_symlinks=False).st_mtime)
        return datetime.fromtimestamp(max(written), UTC)

    def _messages(self, folder: str) -> Iterator[os.DirEntry[str]]:
        """What lies in a folder and is not hidden, the links that were set aside included."""
        for entry in os.scandir(self.folder / folder):
            if (entry.is_file() or entry.is_symlink()) and not entry.name.startswith("."):
                yield entry

    def _forget(self, folder: str, before: datetime) -> int:
        forgotten = 0
        for entry in os.scandir(self.folder / folder):
            with suppress(FileNotFoundError):  # finished, or forgotten by another process
                if entry.is_file() and entry.stat().st_mtime < before.timestamp():
                    Path(entry.path).unlink()
                    forgotten += 1
        return forgotten

    def _move(self, name: str, to: str) -> None:
        try:
            (self.folder / "new" / name).rename(self.folder / to / name)
        except FileNotFoundError:
            return  # another process moved it
        _sync_folder(self.folder / to)
        _sync_folder(self.folder / "new")


def is_own_name(name: str) -> bool:
    """Whether the spool made the name: then no other message ever had it."""
    return _OWN_NAME.match(name) is not None


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _name(received_at: datetime) -> str:
    instant = received_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%f")
    host = socket.gethostname().replace("/", "_").replace(":", "_")[:60]
    return f"{instant}.{os.getpid()}_{secrets.token_hex(6)}.{host}"


def _head(envelope: Envelope) -> bytes:
    told = {
        "permanence-envelope": 1,
        "sender": envelope.sender,
        "recipients": list(envelope.recipients),
        "received_at": envelope.received_at.isoformat(),
    }
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _envelope(line: bytes) -> tuple[Envelope | None, bytes]:
    """The envelope in the first line, and what of the line belongs to the message."""
    if not line.startswith(_MARK):
        return None, line
    try:
        told = json.loads(line)
        received_at = datetime.fromisoformat(told["received_at"]).astimezone(UTC)
        recipients = tuple(str(one) for one in told["recipients"])
    except (ValueError, KeyError, TypeError):
        return None, line
    return Envelope(sender=told.get("sender"), recipients=recipients, received_at=received_at), b""


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
