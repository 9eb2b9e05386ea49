"""Named points at which the tests let a process die, when the environment asks for it."""

from __future__ import annotations

import os

_NAMED = os.environ.get("PERMANENCE_FAILPOINT")
EXIT_STATUS = 70


def failpoint(name: str) -> None:
    """End the process at once, as a crash would, if ``PERMANENCE_FAILPOINT`` is ``name``."""
    if name == _NAMED:
        os._exit(EXIT_STATUS)
