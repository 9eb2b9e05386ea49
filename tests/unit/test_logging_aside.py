"""What is read in a thread of the system may log: nobody waits for the other for ever."""

from __future__ import annotations

import subprocess
import sys


def test_a_thread_of_the_system_and_green_threads_log_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.logs_aside"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout == "both ended\n"
    assert done.stderr.count("\n") == 6000
