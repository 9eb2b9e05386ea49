"""``permanence tail``: what happens, as it happens, in all services."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from services.cli.choices import one_of
from services.cli.inspect import all_types, event_row
from services.cli.instants import instant_of
from services.cli.logs import OnlyService, logs
from services.cli.system import AsJson, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from shared.clock import PARIS
from shared.eventstore import EventStore, Position, Recorded

_EVERY_SECONDS = 0.2
_PAGE = 200

# Where to begin in each partition so that nothing recorded since is passed over.
_BEGIN = """
SELECT partition, coalesce(min("position") FILTER (WHERE recorded_at >= %(since)s) - 1,
                           max("position"))
FROM events GROUP BY partition
"""


def tail(
    since: Annotated[
        str | None, typer.Option("--since", help="From then on, such as 2026-03-17T15:00; or now.")
    ] = None,
    event_type: Annotated[
        str | None, typer.Option("--type", help="Only events of this type.")
    ] = None,
    stream: Annotated[
        str, typer.Option("--stream", help="Only streams that begin so, such as alert-.")
    ] = "",
    service: OnlyService = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many events; without it, at Ctrl-C.")
    ] = None,
    idle: Annotated[
        float | None,
        typer.Option("--idle", min=0, help="Stop after so many seconds without a new event."),
    ] = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Show events as they are recorded, in each partition's order, until Ctrl-C.

    What is private stays withheld.
    """
    if event_type is not None:
        one_of(event_type, all_types(), "--type")
    begin = instant_of(since, "--since", end=False) if since else None
    say = _say_json if as_json else _say
    with system(embedded=embedded, data=data) as there, logs(there, service) as opened:
        shown = 0
        try:
            for name, event in follow(opened, begin, idle_seconds=idle):
                if _wanted(event, event_type, stream):
                    say(name, event)
                    shown += 1
                    if limit is not None and shown >= limit:
                        return
        except KeyboardInterrupt:
            return


def follow(
    opened: Mapping[str, EventStore],
    since: datetime | None,
    *,
    idle_seconds: float | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[tuple[str, Recorded]]:
    """The events recorded from ``since`` on (None: from now), and then each new one.

    None is passed over, as readers of a partition see its events in the order of their commits.
    Ends after ``idle_seconds`` without any.
    """
    places = {name: _beginning(store, since) for name, store in opened.items()}
    heard_at = time.monotonic()
    while True:
        fresh = list(_fresh(opened, places, since))
        yield from sorted(fresh, key=lambda one: one[1].recorded_at)
        if fresh:
            heard_at = time.monotonic()
        elif idle_seconds is not None and time.monotonic() - heard_at > idle_seconds:
            return
        else:
            sleep(_EVERY_SECONDS)


def _beginning(store: EventStore, since: datetime | None) -> dict[int, Position]:
    with store.transaction() as connection:
        rows = connection.execute(_BEGIN, {"since": since or "infinity"}).fetchall()
    return {partition: Position(0) for partition in range(8)} | dict(rows)


def _fresh(
    opened: Mapping[str, EventStore],
    places: dict[str, dict[int, Position]],
    since: datetime | None,
) -> Iterator[tuple[str, Recorded]]:
    for name, store in opened.items():
        at = places[name]
        heads = store.heads()
        for partition in [p for p, head in heads.items() if head.position > at[p]]:
            page = store.read(partition, after=at[partition], limit=_PAGE, decrypt=False)
            at[partition] = page[-1].position if page else at[partition]
            for event in page:
                if since is None or event.recorded_at >= since:
                    yield name, event


def _wanted(event: Recorded, event_type: str | None, stream: str) -> bool:
    return event_type in (None, event.type) and event.stream.startswith(stream)


def _say_json(service: str, event: Recorded) -> None:
    typer.echo(json.dumps(event_row(service, event, private=False), ensure_ascii=False))


def _say(service: str, event: Recorded) -> None:
    facts: dict[str, Any] = {
        "at": event.recorded_at.astimezone(PARIS).isoformat(timespec="milliseconds"),
        "service": service,
        "position": event.position,
        "event": f"[bold]{event.type}[/bold]",
        "stream": f"{event.stream}:{event.version}",
    }
    Console(soft_wrap=True).print(*facts.values())
