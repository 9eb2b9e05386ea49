"""The list of erased persons that outlives every backup: a file of ids, one a line."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from shared.errors import Invalid


class ErasedListBroken(Invalid):
    """A line of the list is no id, or the list is not where it should be."""

    code = "privacy.erased_list_broken"


class ErasedList:
    """The file at ``path`` (``PERMANENCE_ERASED_LIST``); with None nobody is listed or noted."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None

    @property
    def is_kept(self) -> bool:
        """Whether there is a list at all."""
        return self._path is not None

    @property
    def is_missing(self) -> bool:
        """Whether there should be a list, and is none."""
        return self._path is not None and not self._path.exists()

    def begin(self) -> None:
        """Make it, with nobody on it, where there is none; raises ErasedListBroken."""
        if self._path is None:
            return
        try:
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError as error:
            raise ErasedListBroken(
                f"PERMANENCE_ERASED_LIST: {self._path} cannot be made ({error.strerror})"
            ) from None

    def refuse_missing(self) -> None:
        """Raises ErasedListBroken if it is missing: nobody could tell who was erased."""
        if self.is_missing:
            raise ErasedListBroken(
                f"PERMANENCE_ERASED_LIST: {self._path} is not there; bring the list that was kept "
                "apart from the backups; only if nobody was ever erased, make an empty file there"
            )

    def people(self) -> list[UUID]:
        """Whoever is listed, nobody if it is missing; raises ErasedListBroken.

        A last line cut short is passed over: it was not acknowledged, so no key went after it.
        """
        if self._path is None or self.is_missing:
            return []
        return _people(self._path.read_bytes())

    def add(self, people: Iterable[UUID]) -> None:
        """Note persons who are not listed yet; when this returns they are on the disk.

        Whoever notes somebody at the same time waits: no line is written over another.
        """
        wanted = list(dict.fromkeys(people))
        if self._path is None or set(wanted) <= set(self.people()):
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            held = file.read()
            known = set(_people(held))
            whole = held.rfind(b"\n") + 1
            rest = held[whole:].decode("ascii", "replace")
            file.seek(whole)  # what was cut short is written over
            new = [str(person) for person in wanted if person not in known]
            lines = [rest.strip(), *new] if _is_id(rest) else new
            file.write("".join(f"{line}\n" for line in lines).encode("ascii"))
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(self._path.parent)


def _people(held: bytes) -> list[UUID]:
    *lines, rest = held.decode("ascii", "replace").split("\n")
    people = [_read(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    return people + ([UUID(rest)] if _is_id(rest) else [])


def _read(line: str, number: int) -> UUID:
    try:
        return UUID(line.strip())
    except ValueError:
        raise ErasedListBroken(
            f"PERMANENCE_ERASED_LIST: line {number} is no id; put that line right"
        ) from None


def _is_id(text: str) -> bool:
    try:
        UUID(text.strip())
    except ValueError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
