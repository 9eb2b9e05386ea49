"""``permanence healthcheck URL``: what a container's health check runs, every half minute.

Imports nothing of the services, so that asking costs a tenth of starting one.
"""

from __future__ import annotations

import json
import smtplib
from typing import Annotated
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import typer

from shared.errors import Invalid

PROBE_SECONDS = 5


class BadAddress(Invalid):
    """No address that can be probed."""

    code = "cli.bad_address"


def healthcheck(
    url: Annotated[str, typer.Argument(help="http://… of a readiness page, or smtp://host:port.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask a service whether it can do its work; exits with 1 if not."""
    problem = None
    try:
        _probe(url)
    except HTTPError as error:
        with error:
            problem = f"{error.code} {error.read().decode(errors='replace')}"
    except (OSError, URLError, smtplib.SMTPException) as error:
        problem = str(error)
    if as_json:
        typer.echo(json.dumps({"url": url, "ok": problem is None, "problem": problem}))
    else:
        typer.echo(f"{url}: {problem or 'ok'}", err=problem is not None)
    if problem is not None:
        raise typer.Exit(1)


def _probe(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "smtp":
        with smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=PROBE_SECONDS) as server:
            server.noop()
        return
    if parts.scheme != "http":
        raise BadAddress(f"url: {parts.scheme or 'this'} cannot be probed; use http:// or smtp://")
    with urlopen(url, timeout=PROBE_SECONDS):  # noqa: S310 - the scheme is checked above
        pass
