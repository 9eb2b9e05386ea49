"""``permanence mail-in``: the SMTP and LMTP door, a process of its own."""

from __future__ import annotations

import os
from typing import Annotated

import typer


def mail_in(
    smtp: Annotated[str | None, typer.Option(help="host:port to take SMTP on.")] = None,
    lmtp: Annotated[str | None, typer.Option(help="host:port to take LMTP on.")] = None,
) -> None:
    """Take mail in and lay it, synced, into the spool that intake reads."""
    from services.host import mail_in as door  # asyncio, which the green threads must not meet

    for name, address in (("SMTP", smtp), ("LMTP", lmtp)):
        if address:
            os.environ[f"PERMANENCE_{name}_LISTEN"] = address
    door.main()
