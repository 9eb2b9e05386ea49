"""Files and folders that a command writes: whole, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from shared.errors import Invalid, Refused


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
def filled(folder: Path, what: str, *, given: str) -> Iterator[None]:
    """A folder, made if need be and closed to others, that is empty again if filling it fails.

    Raises Refused if something is in it, which ``given`` says to avoid, or it cannot be written.
    """
    made = not folder.exists()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Refused(f"{what}: {folder} is not empty; give a new {given}")
    except OSError as error:
        raise Refused(f"{what}: {folder} cannot be written ({error.strerror})") from None
    try:
        yield
    except BaseException as error:
        _empty(folder)
        if made:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            told = f"{folder} cannot be written ({error.strerror}); nothing was left there"
            raise Refused(f"{what}: {told}") from None
        raise


def _empty(folder: Path) -> None:
    for inside in folder.iterdir():
        if inside.is_dir():
            shutil.rmtree(inside, ignore_errors=True)
        else:
            with suppress(OSError):
                inside.unlink()
