"""Commands for admins: look at streams, verify the logs, rebuild read models."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from services.cli.system import AsJson, Data, Embedded, System, system
from services.host import catalog
from services.host.embedded import DEFAULT_FOLDER
from services.host.runner import SERVICES
from shared.clock import PARIS
from shared.errors import Invalid, Refused
from shared.eventstore import EventStore, Recorded, StreamInfo, open_pool
from shared.eventstore.bootstrap import KEYRING
from shared.privacy import Erased, Keyring, MasterKey
from shared.projections import Progress as Rebuilt
from shared.projections import Rebuilder, TableDrift
from shared.settings import Environment

ONLY = Annotated[str | None, typer.Option("--service", help="Only this service's log.")]


class NoSuchStream(Refused):
    """No service has a stream of that name."""

    code = "cli.no_such_stream"


class NoSuchProjection(Invalid):
    """No read model of that name."""

    code = "cli.no_such_projection"


def streams(
    prefix: Annotated[str, typer.Argument(help="Streams that begin so, such as request-.")] = "",
    event_type: Annotated[
        str | None, typer.Option("--type", help="Only those that hold such an event.")
    ] = None,
    person: Annotated[
        UUID | None, typer.Option(help="Only those that hold something on this person id.")
    ] = None,
    service: ONLY = None,
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
            for info in _first(store.streams(prefix, type=event_type, subject=person), limit)
        ][:limit]
    _show_rows(rows, as_json, "streams")


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
    until = _instant(as_of) if as_of else None
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


def verify(
    service: ONLY = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Recompute every digest of the logs; exits with 1 and names the first bad event if one is."""
    rows = []
    with system(embedded=embedded, data=data) as there, logs(there, service) as opened:
        for name, store in opened.items():
            rows.append({"service": name, **plain(store.verify())})
    _show_rows(rows, as_json, "verify")
    if any(row["faults"] for row in rows):
        raise typer.Exit(1)


def rebuild(
    projection: Annotated[
        str | None, typer.Argument(help="service.name; without it, all of them.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only compare with the live one, swap nothing.")
    ] = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Build read models anew from the events, beside the live ones, and swap them in."""
    wanted = _wanted(projection)
    with system(embedded=embedded, data=data) as there:
        rows = rebuild_all(there.environment, wanted, swap=not dry_run, quiet=as_json)
    if not rows:
        raise NoSuchProjection(f"projection: {projection!r} does not exist")
    _show_rows(rows, as_json, "rebuild")


def rebuild_all(
    environment: Environment,
    wanted: Sequence[tuple[str, str | None]],
    *,
    swap: bool,
    quiet: bool,
) -> list[dict[str, Any]]:
    """Rebuild, or only compare, read models: ``wanted`` has (service, name), None for all of it.

    A row a table: service, projection, table, rows, only_live, only_rebuilt.
    """
    rows: list[dict[str, Any]] = []
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet,
        transient=True,
    )
    with bar, open_logs(environment) as opened:
        keyring = next(iter(opened.values())).keyring
        for service, name in wanted:
            for model in catalog.read_models(service, keyring):
                if name not in {None, model.name}:
                    continue
                task = bar.add_task(f"{service}.{model.name}", total=None)

                def watch(progress: Rebuilt, task: Any = task) -> None:
                    bar.update(task, completed=progress.events, total=progress.total)

                rebuilder = Rebuilder(
                    service=service,
                    owner_dsn=environment.require(f"{service.upper()}_OWNER_DSN"),
                    model=model,
                    source=opened[model.source],
                    codec=catalog.codec(model.source),
                )
                drifts = rebuilder.rebuild(watch) if swap else rebuilder.drift(watch)
                rows += [_drift_row(service, model.name, drift) for drift in drifts]
    return rows


def _wanted(projection: str | None) -> list[tuple[str, str | None]]:
    if projection is None:
        return [(name, None) for name in SERVICES]
    service, _, name = projection.partition(".")
    if service not in SERVICES or not name:
        raise NoSuchProjection(
            f"projection: {projection!r} is not service.name, such as intake.requests"
        )
    return [(service, name)]


@contextmanager
def logs(there: System, only: str | None = None) -> Iterator[Mapping[str, EventStore]]:
    """The event stores of the services whose DSN is known."""
    with open_logs(there.environment, only) as opened:
        yield opened


@contextmanager
def open_logs(env: Environment, only: str | None = None) -> Iterator[Mapping[str, EventStore]]:
    """The event stores of the services, by the DSNs in ``env``."""
    names = [only] if only else list(catalog.names())
    with ExitStack() as stack:
        keys = open_pool(env.require("KEYRING_DSN"), schema=KEYRING)
        stack.callback(keys.close)
        keyring = Keyring.open(keys, MasterKey.from_base64(env.require("MASTER_KEY")))
        opened = {}
        for name in names:
            pool = open_pool(env.require(f"{name.upper()}_DSN"), schema=name)
            stack.callback(pool.close)
            opened[name] = EventStore(pool, schema=name, keyring=keyring)
        yield opened


def plain(value: Any) -> Any:
    """A value as JSON has it: dataclasses as objects, days and ids as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)


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


def _drift_row(service: str, model: str, drift: TableDrift) -> dict[str, Any]:
    return {
        "service": service,
        "projection": model,
        "table": drift.table,
        "rows": drift.rows,
        "only_live": drift.only_live,
        "only_rebuilt": drift.only_rebuilt,
    }


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"--as-of: {text!r} is no instant; write 2026-03-17 or 2026-03-17T15:00"
        ) from None
    if len(text) == len("2026-03-17"):
        instant = instant.replace(hour=23, minute=59, second=59, microsecond=999999)
    return (instant if instant.tzinfo else instant.replace(tzinfo=PARIS)).astimezone(UTC)


def _first(items: Iterator[StreamInfo], most: int) -> Iterator[StreamInfo]:
    return islice(items, most)


def _show_rows(rows: list[dict[str, Any]], as_json: bool, title: str) -> None:
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    console = Console()
    if not rows:
        console.print(f"{title}: nothing")
        return
    table = Table(title=title, title_justify="left")
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(value) if value is not None else "" for value in row.values()))
    console.print(table)


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
