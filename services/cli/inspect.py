"""``permanence streams`` and ``show``: what is in the logs."""

from __future__ import annotations

import json
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from services.cli.instants import instant_of
from services.cli.logs import OnlyService, logs
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host import catalog
from services.host.embedded import DEFAULT_FOLDER
from shared.errors import Refused
from shared.eventstore import Recorded
from shared.privacy import Erased


class NoSuchStream(Refused):
    """No service has a stream of that name."""

    code = "cli.no_such_stream"


def streams(
    prefix: Annotated[str, typer.Argument(help="Streams that begin so, such as request-.")] = "",
    event_type: Annotated[
        str | None, typer.Option("--type", help="Only those that hold such an event.")
    ] = None,
    person: Annotated[
        UUID | None, typer.Option(help="Only those that hold something on this person id.")
    ] = None,
    service: OnlyService = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """List streams: service, name, version, when last written."""
    with system(embedded=embedded, data=data) as there, logs(there, service) as opened:
        rows = [
            {
                "service": name,
                "stream": info.stream,
                "version": int(info.version),
                "partition": info.partition,
                "started_at": info.started_at.isoformat(),
                "recorded_at": info.recorded_at.isoformat(),
            }
            for name, store in opened.items()
            for info in islice(store.streams(prefix, type=event_type, subject=person), limit)
        ][:limit]
    show_rows(rows, as_json, "streams")


def show(
    stream: Annotated[str, typer.Argument(help="Its name, such as request-….")],
    as_of: Annotated[
        str | None,
        typer.Option(help="As it stood then: 2026-03-17, or 2026-03-17T15:00 (Paris time)."),
    ] = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Show every event of a stream, and the state that they add up to."""
    until = instant_of(as_of, "--as-of") if as_of else None
    with system(embedded=embedded, data=data) as there, logs(there) as opened:
        for name, store in opened.items():
            recorded = store.load(stream, recorded_until=until)
            if recorded:
                events = [_event_row(name, event) for event in recorded]
                state = catalog.state_of(name, stream, recorded)
                break
        else:
            raise NoSuchStream(
                f"stream: no service has {stream!r}"
                + (f" as of {as_of}" if as_of else "")
                + "; `permanence streams` lists them"
            )
    if as_json:
        typer.echo(json.dumps({"stream": stream, "events": events, "state": plain(state)}))
        return
    _print_stream(stream, events, plain(state))


def _event_row(service: str, event: Recorded) -> dict[str, Any]:
    private = "erased" if isinstance(event.private, Erased) else plain(event.private)
    return {
        "service": service,
        "version": int(event.version),
        "type": event.type,
        "schema": event.schema,
        "position": int(event.position),
        "partition": event.partition,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "data": event.data,
        "private": private,
        "metadata": event.metadata,
        "digest": event.digest.hex(),
    }


def _print_stream(stream: str, events: list[dict[str, Any]], state: Any) -> None:
    console = Console()
    table = Table(title=stream, title_justify="left")
    for column in ("version", "type", "recorded_at", "data", "private"):
        table.add_column(column, overflow="fold")
    for event in events:
        table.add_row(
            str(event["version"]),
            event["type"],
            event["recorded_at"],
            json.dumps(event["data"], ensure_ascii=False),
            "" if event["private"] is None else json.dumps(event["private"], ensure_ascii=False),
        )
    console.print(table)
    if state is not None:
        console.print("state:", state)
