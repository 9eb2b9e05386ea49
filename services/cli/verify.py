"""``permanence verify``: nothing altered, added or cut off in the logs."""

from __future__ import annotations

import typer

from services.cli.logs import OnlyService, logs
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER


def verify(
    service: OnlyService = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Recompute every digest of the logs; exits with 1 and names the first bad event if one is."""
    rows = []
    with system(embedded=embedded, data=data) as there, logs(there, service) as opened:
        for name, store in opened.items():
            rows.append({"service": name, **plain(store.verify())})
    show_rows(rows, as_json, "verify")
    if any(row["faults"] for row in rows):
        raise typer.Exit(1)
