"""How the program tells its errors: one clear line, and an exit status."""

from __future__ import annotations

import sys

import typer

from shared.errors import Invalid, PermanenceError


def run_telling(app: typer.Typer) -> None:
    """Run a command; a failure that we foresaw is one clear line, and exit status 2 or 1."""
    try:
        app()
    except PermanenceError as error:
        typer.echo(f"permanence: {error}", err=True)
        for field, problems in getattr(error, "fields", {}).items():
            typer.echo(f"  {field}: {'; '.join(problems)}", err=True)
        sys.exit(2 if isinstance(error, Invalid) else 1)
