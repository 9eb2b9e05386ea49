"""Logs for a while in a thread of the system and in a green thread at once; tells when both end."""

from __future__ import annotations

import logging
import sys

from shared import green

green.patch()

import eventlet  # noqa: E402 - after the patch

from shared.logging import configure  # noqa: E402

_LINES = 3000


def _log_lines(pause: bool) -> None:
    for number in range(_LINES):
        logging.getLogger(f"tried.{number}").warning("line")
        if pause:
            eventlet.sleep(0)


def main() -> None:
    configure("tried", stream=sys.stderr)
    beside = eventlet.spawn(_log_lines, True)
    green.aside(_log_lines, False)
    beside.wait()
    sys.stdout.write("both ended\n")


if __name__ == "__main__":
    main()
