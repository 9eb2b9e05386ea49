"""Reads the texts of the lines given aside, as intake does; prints who asked for a green lock.

A green thread that waits for a lock held in a thread of the system is never woken.
"""

from __future__ import annotations

import json
import sys
import traceback

from shared import green

green.patch()

from eventlet import patcher, semaphore  # noqa: E402 - after the patch

from services.intake.domain.normalise.model import Incoming  # noqa: E402
from services.intake.domain.normalise.normalise import take_apart  # noqa: E402
from services.intake.domain.normalise.reference import default_reference  # noqa: E402
from shared.contracts.vocabulary import Channel  # noqa: E402

_this_thread = patcher.original("_thread").get_ident
_MAIN = _this_thread()


def main() -> None:
    reference = default_reference()
    asked: set[str] = set()
    acquire = semaphore.Semaphore.acquire

    def watched(lock: semaphore.Semaphore, *args: object, **kwargs: object) -> object:
        if _this_thread() != _MAIN:
            asked.add("".join(traceback.format_stack(limit=6)))
        return acquire(lock, *args, **kwargs)

    semaphore.Semaphore.acquire = watched
    read = 0
    for line in sys.stdin:
        record = json.loads(line)
        item = Incoming(channel=Channel(record["channel"]), raw=record["raw"])
        green.aside(take_apart, item, reference)
        read += 1
    json.dump({"read": read, "asked": sorted(asked)}, sys.stdout)


if __name__ == "__main__":
    main()
