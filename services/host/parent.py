"""For child processes on asyncio that shall not outlive the process that started them."""

from __future__ import annotations

import asyncio
import os
import sys

OPENED = "opened"  # the line on standard output that tells the parent that all doors listen


def end_with_parent(stopped: asyncio.Event) -> None:
    """Set ``stopped`` when standard input ends: a pipe that closes when the parent dies."""

    def look() -> None:
        if not os.read(sys.stdin.fileno(), 1):
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            stopped.set()

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), look)
