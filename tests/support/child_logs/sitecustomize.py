"""Copies what the tests' child processes log into the folder named by LOGS_OF_TESTS.

Python imports this at each start where the folder lies on its path. Of standard output only log
lines are kept: the rest is what programs answer, which may well name people.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any

FOLDER = os.environ.get("LOGS_OF_TESTS")


def copy(stream: Any, *, all_lines: bool) -> None:
    """Let what is written to ``stream`` be kept too."""
    write = stream.write
    path = f"{FOLDER}/{os.getpid()}.log"

    def both(text: str) -> Any:
        if all_lines or '"level": ' in text:
            with plain_open(path, "a", encoding="utf-8") as kept:
                kept.write(text if text.endswith("\n") else text + "\n")
        return write(text)

    stream.write = both


plain_open = io.open
if FOLDER:

    def watching_open(file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
        opened = plain_open(file, mode, *rest, **options)
        if str(file).endswith("services.log") and mode == "a":
            copy(opened, all_lines=True)
        return opened

    io.open = watching_open  # type: ignore[assignment]
    if sys.stdout:
        copy(sys.stdout, all_lines=False)
    if sys.stderr:
        copy(sys.stderr, all_lines=True)
