"""``permanence streams`` and ``show``: what is in the logs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import dropwhile, islice
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from services.cli.acting import database
from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.choices import in_order, one_of
from services.cli.differing import differences
from services.cli.instants import in_paris, instant_of
from services.cli.logs import OnlyService, logs
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, System, system
from services.host import catalog
from services.host.embedded import DEFAULT_FOLDER
from shared.contracts.codec import Codec, UnknownEvent
from shared.errors import Invalid, Refused
from shared.eventstore import EventStore, Recorded
from shared.privacy import Erased

WITHHELD = "withheld"
Since = Annotated[
    str | None, typer.Option("--since", help="Recorded from then on: 2026-03-17T15:00 (Paris).")
]
Until = Annotated[
    str | None, typer.Option("--until", help="Recorded until then; a day alone means its end.")
]


class NoSuchStream(Refused):
    """No service has a stream of that name."""

    code = "cli.no_such_stream"


class NoSuchVersion(Invalid):
    """The stream is not that long."""

    code = "cli.no_such_version"


def streams(
    prefix: Annotated[str, typer.Argument(help="Streams that begin so, such as request-.")] = "",
    event_type: Annotated[
        str | None, typer.Option("--type", help="Only those that hold such an event.")
    ] = None,
    person: Annotated[
        UUID | None, typer.Option(help="Only those that hold something on this person id.")
    ] = None,
    establishment: Annotated[
        str | None, typer.Option(help="Only those that speak of this establishment code.")
    ] = None,
    correlation: Annotated[
        str | None, typer.Option(help="Only those that this correlation id went through.")
    ] = None,
    since: Since = None,
    until: Until = None,
    service: OnlyService = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    after: Annotated[
        str | None,
        typer.Option(metavar="SERVICE/STREAM", help="Go on after this one, the last one shown."),
    ] = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """List streams: service, name, version, when last written.

    If there are more, it says so, and how to go on.
    """
    if event_type is not None:
        one_of(event_type, all_types(), "--type")
    wanted: dict[str, Any] = {
        "type": event_type,
        "subject": person,
        "establishment": establishment,
        "correlation": correlation,
        "recorded_since": instant_of(since, "--since", end=False) if since else None,
        "recorded_until": instant_of(until, "--until") if until else None,
    }
    in_order(wanted["recorded_since"], wanted["recorded_until"], "--since, --until")
    holder, last = _place(after, service)
    with system(embedded=embedded, data=data) as there, logs(there, service) as opened:
        names = dropwhile(lambda name: holder not in (None, name), opened)
        rows = [
            {
                "service": name,
                "stream": info.stream,
                "version": int(info.version),
                "partition": info.partition,
                "started_at": info.started_at.isoformat(),
                "recorded_at": info.recorded_at.isoformat(),
            }
            for name in names
            for info in islice(
                opened[name].streams(prefix, **wanted, after=last if name == holder else ""),
                limit + 1,
            )
        ]
        if not rows and establishment is not None:
            _known_establishment(there, establishment)
    show_rows(rows[:limit], as_json, "streams")
    if len(rows) > limit:
        end = rows[limit - 1]
        typer.echo(
            f"there are more than these {limit}; go on with --after "
            f"{end['service']}/{end['stream']}, or give a larger --limit",
            err=True,
        )


def all_types() -> set[str]:
    """The types of all events."""
    return {name for service in catalog.names() for name in catalog.codec(service).types()}


def _place(after: str | None, only: str | None) -> tuple[str | None, str]:
    """Service and stream of ``--after``; raises Invalid."""
    if after is None:
        return None, ""
    service, slash, stream = after.partition("/")
    if not slash:
        raise Invalid(f"--after: {after!r} names no service; write it as routing/{after}")
    return one_of(service, [only] if only else catalog.names(), "--after"), stream


def _known_establishment(there: System, code: str) -> None:
    """See that the directory has it: nothing found is then an answer. Raises Invalid."""
    with database(there, "routing") as connection:
        codes = [row[0] for row in connection.execute("SELECT code FROM establishments")]
    one_of(code, codes, "--establishment")


def show(
    stream: Annotated[str, typer.Argument(help="Its name, such as request-….")],
    as_of: Annotated[
        str | None,
        typer.Option(help="As it stood then: 2026-03-17, or 2026-03-17T15:00 (Paris time)."),
    ] = None,
    diff: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="V1 V2", help="Only how its state differs between two versions."),
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="With what is private; needs --by and --why.")
    ] = False,
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Show every event of a stream, and the state that they add up to.

    Where this release does not know one of the events, all are shown as they are, without state.
    """
    until = instant_of(as_of, "--as-of") if as_of else None
    if private:
        by, why = signed(by, why)
    with ExitStack() as stack:
        there = stack.enter_context(system(embedded=embedded, data=data))
        opened = stack.enter_context(logs(there))
        name, store = _holder(opened, stream)
        if private:
            what = {"service": name, "stream": stream}
            look = recorded(there.environment, Action.LOOK_AT_PRIVATE, by=by, why=why, details=what)
            stack.enter_context(look)
        events = store.load(stream, recorded_until=until, decrypt=private)
    if not events:
        raise NoSuchStream(f"stream: {stream} had nothing yet as of {as_of}; give a later moment")
    if diff is not None:
        _show_difference(name, stream, events, diff, as_json)
        return
    rows = [event_row(name, event, private=private) for event in events]
    state = None
    try:
        state = plain(catalog.state_of(name, stream, events))
    except UnknownEvent:
        typer.echo(f"warning: no state is shown: {_unknown(name, events)}", err=True)
    if as_json:
        typer.echo(json.dumps({"stream": stream, "events": rows, "state": state}))
        return
    _print_stream(stream, rows, state)


def _unknown(service: str, events: Sequence[Recorded]) -> str:
    """The first of the events that this release does not know, in words."""
    known = catalog.codec(service)
    first = next(event for event in events if not _is_known(known, event))
    return f"version {first.version}, {first.type} {first.schema}, is of no release known here"


def _is_known(codec: Codec, event: Recorded) -> bool:
    try:
        codec.decode(event)
    except UnknownEvent:
        return False
    return True


def event_row(service: str, event: Recorded, *, private: bool) -> dict[str, Any]:
    """An event as JSON has it; its private part only if ``private``, else ``"withheld"``."""
    shown: Any = None
    if event.sealed is not None:
        shown = WITHHELD
        if private:
            shown = "erased" if isinstance(event.private, Erased) else plain(event.private)
    return {
        "service": service,
        "stream": event.stream,
        "version": int(event.version),
        "type": event.type,
        "schema": event.schema,
        "position": int(event.position),
        "partition": event.partition,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "data": event.data,
        "private": shown,
        "metadata": event.metadata,
        "digest": event.digest.hex(),
    }


def _holder(opened: Any, stream: str) -> tuple[str, EventStore]:
    """The service that has the stream; raises NoSuchStream."""
    for name, store in opened.items():
        if store.load(stream, limit=1, decrypt=False):
            return name, store
    raise NoSuchStream(f"stream: no service has {stream!r}; `permanence streams` lists them")


def _show_difference(
    service: str, stream: str, events: Sequence[Recorded], versions: tuple[int, int], as_json: bool
) -> None:
    longest = len(events)
    for version in versions:
        if not 0 <= version <= longest:
            raise NoSuchVersion(f"--diff: {stream} has versions 0 to {longest}, not {version}")
    try:
        before, after = (
            plain(catalog.state_of(service, stream, events[:version])) for version in versions
        )
    except UnknownEvent:
        raise NoSuchVersion(
            f"--diff: {_unknown(service, events)}; give versions before it, or see the events "
            "without --diff"
        ) from None
    rows = differences(before, after)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    first, second = versions
    shown = [
        {
            "field": row["field"],
            f"version {first}": row["before"],
            f"version {second}": row["after"],
        }
        for row in rows
    ]
    show_rows(shown, as_json, f"{stream}, version {first} to {second}")


def _print_stream(stream: str, events: list[dict[str, Any]], state: Any) -> None:
    console = Console()
    table = Table(title=stream, title_justify="left")
    for column in ("version", "type", "recorded_at", "data", "private"):
        table.add_column(column, overflow="fold")
    for event in events:
        private = event["private"]
        told = private if isinstance(private, str) else json.dumps(private, ensure_ascii=False)
        table.add_row(
            str(event["version"]),
            event["type"],
            in_paris(datetime.fromisoformat(event["recorded_at"])),
            json.dumps(event["data"], ensure_ascii=False),
            "" if private is None else told,
        )
    console.print(table)
    if state is not None:
        console.print("state:", state)
