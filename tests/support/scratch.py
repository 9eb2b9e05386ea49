"""Temporary files of a test run in memory, where a machine has room for it.

Each test has a database of its own, a copy of a thousand small files: 0.03 s in memory, half a
second or more on a slow disk. Brokers and browsers write much as well.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own in it, as tempfile makes one
ROOM_BYTES = 8 << 30  # several times what a run was seen to take
_PREFIX = "pt-"  # short: sockets lie in it, and their paths are


def keep_scratch_in_memory() -> None:
    """Let this process and its children make temporary files in memory; tests never notice.

    Does nothing where ``TMPDIR`` says where they go, or where memory has no room for them. What
    killed runs left there is removed.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    for left in MEMORY.glob(f"{_PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(_PREFIX)).exists():
            shutil.rmtree(left, ignore_errors=True)
    if min(shutil.disk_usage(MEMORY).free, _memory_bytes()) < ROOM_BYTES:
        return
    folder = MEMORY / f"{_PREFIX}{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o1777)  # as of /tmp: PostgreSQL and RabbitMQ run as users of their own
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None  # to be asked for anew


def _memory_bytes() -> int:
    """What the machine's memory has free."""
    return int(psutil.virtual_memory().available)
