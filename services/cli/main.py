"""Where the program ``permanence`` starts: green threads first, then everything else."""

from __future__ import annotations

import sys

# These start without green threads: asyncio and the monkey patch do not go together (the mail
# receiver is a process of its own), and a health check runs often.
WITHOUT_GREEN_THREADS = frozenset({"healthcheck", "mail-in"})


def run() -> None:
    """The entry point of the console script."""
    if not WITHOUT_GREEN_THREADS.intersection(sys.argv[1:2]):
        from shared import green

        green.patch()
    from services.cli.app import main

    main()
