"""The commands that need no service, and no green threads: quick to start, and on asyncio."""

from __future__ import annotations

import typer

from services.cli.mail_in import mail_in
from services.cli.probe import healthcheck
from services.cli.telling import run_telling


def main() -> None:
    """Run the one that the program's first argument names."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(lambda: None)  # a program of several commands, not of one without a name
    app.command()(healthcheck)
    app.command("mail-in")(mail_in)
    run_telling(app)
