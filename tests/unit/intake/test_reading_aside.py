"""A long text is read in a thread of the system, where no green lock may be asked for."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.normalising import SAMPLES

_READS = "tests.unit.intake.reads_aside"  # green once imported


def test_reading_asks_for_no_lock_that_a_green_thread_may_wait_for() -> None:
    lines = SAMPLES.read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", _READS],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )

    told = json.loads(done.stdout)

    assert told == {"read": len(lines.splitlines()), "asked": []}
