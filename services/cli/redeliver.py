"""``permanence redeliver``: have a consumer handle once more what it has handled before."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.cli.acting import DryRun, database, started_services
from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.choices import in_order, one_of
from services.cli.logs import logs
from services.cli.shown import plain, show_rows
from services.cli.system import QUIET, AsJson, Data, Embedded, System, system
from services.host.embedded import DEFAULT_FOLDER
from services.host.runner import SERVICES
from shared.errors import Invalid, Refused, Unavailable
from shared.eventstore import Position
from shared.messaging import admin
from shared.postgres import Connection

_LAST_POSITION = 2**63 - 1
_POLL_SECONDS = 0.2
_PATIENCE_SECONDS = 60.0
_IN_TABLE = ("asked_at", "consumer", "source", "state", "dry_run", "streams", "of", "events", "by")


class NotServed(Unavailable):
    """The consumer did not begin in time."""

    code = "cli.not_served"


class NotEmbedded(Refused):
    """A service that may not be started for one command."""

    code = "cli.not_embedded"


def redeliver(
    consumer: Annotated[str, typer.Option("--consumer", help="The service that handles again.")],
    source: Annotated[
        str | None, typer.Option(help="Whose events; not needed if it reads one service only.")
    ] = None,
    stream: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
    start: Annotated[
        int | None,
        typer.Option("--from", min=1, help="Streams with an event from this position on …"),
    ] = None,
    end: Annotated[
        int | None, typer.Option("--to", min=1, help="… to this one, both included.")
    ] = None,
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Have a consumer handle streams once more, from their first event on.

    It is told that this is a replay: its read models end where they would be, and what it would
    append is withheld and counted, so that nothing is decided, sent or printed again. What waits
    parked, was discarded or was not handled yet stays out. Ctrl-C stops it before the next stream;
    asking again does no harm. --dry-run does it in transactions that are undone, and tells how
    many rows of each table would differ; other work has its turn between them.
    """
    if stream is not None and (start is not None or end is not None):
        raise Invalid("--stream: give it, or --from and --to, not both")
    in_order(start, end, "--from, --to")
    one_of(consumer, SERVICES, "--consumer")
    by, why = signed(by, why)
    with (
        system(embedded=embedded, data=data, names=_started_for(consumer, embedded)) as there,
        database(there, consumer) as connection,
    ):
        which = _source(connection, consumer, source)
        if stream is not None:
            _refuse_unknown(there, which, stream)
        what = {"consumer": consumer, "source": which, "stream": stream, "from": start, "to": end}
        with recorded(
            there.environment,
            Action.REDELIVER,
            by=by,
            why=why,
            details={**what, "dry_run": dry_run},
        ) as outcome:
            number = admin.redeliver(
                connection,
                which,
                stream=stream,
                start=Position(1 if start is None else start),
                end=Position(_LAST_POSITION if end is None else end),
                dry_run=dry_run,
                by=by,
                why=why,
            )
            outcome["redelivery"] = number
            done = _watch(connection, number, by=by, quiet=as_json)
            outcome |= {"state": done.state, "streams": done.streams_done}
            if done.state != "done":
                outcome["error"] = done.error or done.state
    if as_json:
        typer.echo(json.dumps(_row(consumer, done), ensure_ascii=False))
    else:
        typer.echo(_words(consumer, done))
    if done.state != "done":
        raise typer.Exit(1)


def redeliveries(
    limit: Annotated[int, typer.Option(min=1, help="At most so many of each service.")] = 20,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """List redeliveries, the latest first, with how far each is: from any shell, while they run."""
    rows: list[dict[str, Any]] = []
    with system(embedded=embedded, data=data) as there:
        for name in started_services(there):
            rows += _of(there, name, limit)
    rows.sort(key=lambda row: str(row["asked_at"]), reverse=True)
    if not as_json:
        rows = [{name: row[name] for name in _IN_TABLE} for row in rows]
    show_rows(rows, as_json, "redeliveries")


def _of(there: System, consumer: str, limit: int) -> list[dict[str, Any]]:
    with database(there, consumer) as connection:
        return [_row(consumer, one) for one in admin.redeliveries(connection, limit=limit)]


def _started_for(consumer: str, embedded: bool) -> tuple[str, ...]:
    if embedded and consumer == "notifications":
        raise NotEmbedded(
            "--embedded: notifications would also send what is due; use it on `permanence run`"
        )
    return QUIET if consumer in QUIET else (*QUIET, consumer)


def _source(connection: Connection, consumer: str, source: str | None) -> str:
    read = [info.source for info in admin.subscriptions(connection)]
    if source is None and len(read) == 1:
        return read[0]
    if source not in read:
        raise Invalid(f"--source: {consumer} reads {', '.join(read) or 'nobody'}; name one of them")
    return source


def _refuse_unknown(there: System, source: str, stream: str) -> None:
    with logs(there, source) as opened:
        if not opened[source].load(stream, limit=1, decrypt=False):
            raise Invalid(f"--stream: {source} has no {stream}; `permanence streams` lists them")


def _watch(connection: Connection, number: int, *, by: str, quiet: bool) -> admin.Redelivery:
    """Until it has ended; Ctrl-C stops it. Raises NotServed if nobody begins it in time."""
    bar = Progress(
        TextColumn("redelivering streams"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet,
        transient=True,
    )
    began = time.monotonic()
    with bar:
        task = bar.add_task("", total=None, rate="")
        try:
            while True:
                [at] = admin.redeliveries(connection, number=number)
                seconds = time.monotonic() - began
                rate = f"{at.events_done / seconds:.0f} events/s" if seconds > 1 else ""
                bar.update(task, completed=at.streams_done, total=at.streams_total, rate=rate)
                if at.ended_at is not None:
                    return at
                if at.state == "asked" and seconds > _PATIENCE_SECONDS:
                    admin.stop_redelivery(connection, number, by=by, why="nobody began it")
                    raise NotServed(
                        "consumer: did not begin; see `permanence subscriptions list` whether it "
                        "runs, then ask again"
                    )
                time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            admin.stop_redelivery(connection, number, by=by, why="interrupted while it ran")
            raise


def _words(consumer: str, done: admin.Redelivery) -> str:
    said = [
        f"{consumer} from {done.source}: {done.state}, {done.streams_done} of "
        f"{done.streams_total} streams, {done.events_done} events"
    ]
    if done.error:
        said.append(f"failed with {done.error}; the service's log says why")
    withheld = [f"{count} {name}" for name, count in sorted(done.withheld.items())]
    said.append(f"withheld: {', '.join(withheld) or 'nothing'}")
    if done.changed is not None:
        changed = [f"{table} {count}" for table, count in done.changed.items() if count]
        said.append(f"dry run, undone; rows that would differ: {', '.join(changed) or 'none'}")
    return "\n".join(said)


def _row(consumer: str, done: admin.Redelivery) -> dict[str, Any]:
    return {
        "consumer": consumer,
        "source": done.source,
        "id": done.id,
        "state": done.state,
        "dry_run": done.dry_run,
        "streams": done.streams_done,
        "of": done.streams_total,
        "events": done.events_done,
        "withheld": dict(done.withheld),
        "changed": None if done.changed is None else dict(done.changed),
        "error": done.error,
        "by": done.by,
        "asked_at": plain(done.asked_at),
    }
