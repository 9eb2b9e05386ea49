"""Files and folders that a command writes: whole, or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from shared.errors import Invalid, Refused

UNFINISHED = ".unfinished"


@contextmanager
def written(path: Path, what: str, *, mode: int = 0o666) -> Iterator[TextIO]:
    """A text file that takes its place once it is whole; ``what`` names it to the admin.

    Raises Invalid if it cannot be written; then what stood at ``path`` is as it was.
    """
    target = path.resolve()
    special = target.exists() and not target.is_file()  # such as /dev/stdout
    aside = target if special else target.with_name(f".{target.name}.part")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        if not special:
            aside.replace(target)
    except OSError as error:
        raise Invalid(f"{what}: {path} cannot be written ({error.strerror})") from None
    finally:
        if not special:
            with suppress(OSError):
                aside.unlink()


@contextmanager
def filled(folder: Path, what: str, *, given: str) -> Iterator[Path]:
    """A folder to fill, closed to others, that takes its place once it is whole.

    It is filled beside its place, so that whatever ends us leaves no half of it there. What such an
    end left of the same name goes first. Raises Refused if something is in its place, which
    ``given`` says to avoid, if another process fills it now, or if it cannot be written.
    """
    target = folder.resolve()
    try:
        if target.exists() and any(target.iterdir()):
            raise Refused(f"{what}: {folder} is not empty; give a new {given}")
        if target.is_mount():  # nothing can take its place
            raise Refused(f"{what}: {folder} is where a disk is mounted; give a new folder in it")
    except OSError as error:
        raise Refused(f"{what}: {folder} cannot be written ({error.strerror})") from None
    with aside_of(folder, what) as aside, told_if_unwritten(folder, what):
        yield aside
        aside.replace(target)


@contextmanager
def told_if_unwritten(folder: Path, what: str) -> Iterator[None]:
    """What cannot be written, such as on a full disk, is told as Refused."""
    try:
        yield
    except OSError as error:
        told = f"{folder} cannot be written ({error.strerror}); nothing was left there"
        raise Refused(f"{what}: {told}") from None


@contextmanager
def aside_of(folder: Path, what: str) -> Iterator[Path]:
    """An empty folder beside ``folder``, closed to others, which is gone at the end.

    Raises Refused if another process is at work on it, or it cannot be written.
    """
    aside = unfinished(folder.resolve())
    with ExitStack() as held:
        try:
            aside.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not held.enter_context(_locked(aside)):
                raise Refused(f"{what}: {folder} is being written by another command; let it end")
            _empty(aside)
        except OSError as error:
            raise Refused(f"{what}: {folder} cannot be written ({error.strerror})") from None
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def unfinished(folder: Path) -> Path:
    """Where a folder lies until it is whole."""
    return folder.with_name(f"{folder.name}{UNFINISHED}")


def is_being_filled(aside: Path) -> bool:
    """Whether a process is at work on a folder that is not whole yet."""
    with _locked(aside) as free:
        return not free


def left_over(folder: Path) -> list[Path]:
    """What commands that were cut short left beside ``folder``."""
    beside = sorted(folder.resolve().parent.glob(f"*{UNFINISHED}"))
    return [one for one in beside if one.is_dir() and not is_being_filled(one)]


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold a folder as long as we live; False if another process does."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ours = True
    except BlockingIOError:
        ours = False
    try:
        yield ours
    finally:
        os.close(descriptor)


def _empty(folder: Path) -> None:
    for inside in folder.iterdir():
        if inside.is_dir() and not inside.is_symlink():
            shutil.rmtree(inside)
        else:
            inside.unlink()
