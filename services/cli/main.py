"""Where the program ``permanence`` starts: green threads first, then everything else."""

from __future__ import annotations

import sys

# These start without the services' code: asyncio and the monkey patch do not go together (the mail
# receiver is a process of its own), and a health check runs often.
WITHOUT_SERVICES = frozenset({"healthcheck", "mail-in"})


def run() -> None:
    """The entry point of the console script."""
    if WITHOUT_SERVICES.intersection(sys.argv[1:2]):
        from services.cli.light import main
    else:
        from shared import green

        green.patch()
        from services.cli.app import main
    main()
