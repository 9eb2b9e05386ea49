"""``permanence subscriptions``: who reads whose log, how far, and the way out when one stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from services.cli.acting import DryRun, database, started_services
from services.cli.actions import By, Why, recorded
from services.cli.logs import logs
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Calls, Data, Embedded, System, system
from services.host.embedded import DEFAULT_FOLDER
from shared.errors import Invalid, Refused
from shared.eventstore import EventStore, Position
from shared.messaging import admin
from shared.postgres import Connection

Consumer = Annotated[str, typer.Argument(help="The service that reads.")]
Source = Annotated[str, typer.Argument(help="The service whose log it reads.")]

# The last event of each partition that was there before the log's present life began: what a
# restore brought back, and all that both lives have in common.
_CUT = """
SELECT partition, max("position") FROM events
WHERE recorded_at < (SELECT drawn_at FROM incarnations ORDER BY number DESC LIMIT 1)
GROUP BY partition
"""
# What the consumer appended because of the source's events, in the log's former life.
_CAUSED = """
SELECT split_part(metadata ->> 'causation_id', '/', 2)::bigint, stream, version, type, recorded_at
FROM events
WHERE split_part(metadata ->> 'causation_id', '/', 1) = %(source)s AND recorded_at < %(drawn_at)s
ORDER BY "position"
"""
_STILL_THERE = """
SELECT "position" FROM events WHERE "position" = ANY(%(positions)s) AND recorded_at < %(drawn_at)s
"""
_DRAWN_AT = "SELECT drawn_at FROM incarnations ORDER BY number DESC LIMIT 1"
_STANDS = """
SELECT FROM events WHERE partition = %(partition)s AND "position" = %(position)s
"""

app = typer.Typer(no_args_is_help=True, help="The services' subscriptions to each other's logs.")


class NotWhere(Invalid):
    """No event stands at the position asked for."""

    code = "cli.not_where"


class NothingRestored(Refused):
    """The source's log is in its first life."""

    code = "cli.nothing_restored"


@dataclass(frozen=True, slots=True)
class _Calling:
    """The system's calls as the messaging package makes them."""

    ask: Calls

    def call(
        self, service: str, method: str, payload: Mapping[str, Any], *, timeout_seconds: float
    ) -> Any:
        return self.ask(service, method, **payload)


@app.command("list")
def list_subscriptions(
    consumer: Annotated[str | None, typer.Option(help="Only of this service.")] = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """List subscriptions: running, paused (most events fail) or stopped (the log is another)."""
    rows = []
    with system(embedded=embedded, data=data) as there:
        for name in [consumer] if consumer else started_services(there):
            with database(there, name) as connection:
                rows += [{"consumer": name, **plain(x)} for x in admin.subscriptions(connection)]
    if not as_json:
        kept = ("consumer", "source", "state", "parked_count", "refused_count", "reason")
        rows = [{k: row[k] for k in kept} for row in rows]
    show_rows(rows, as_json, "subscriptions")


@app.command()
def compare(
    consumer: Consumer,
    source: Source,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Compare where the consumer stands with the source's log; exits with 1 if they part.

    `same` is false where the log does not hold the event that was handled last.
    """
    with system(embedded=embedded, data=data) as there, database(there, consumer) as connection:
        _known(connection, consumer, source)
        found = admin.compare(connection, source, _Calling(there.call))
    show_rows([plain(difference) for difference in found], as_json, f"{consumer} from {source}")
    if not all(difference.same for difference in found):
        raise typer.Exit(1)


@app.command()
def resume(
    consumer: Consumer,
    source: Source,
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Let a paused subscription try again at once; a stopped one needs `reset`."""
    with system(embedded=embedded, data=data) as there, database(there, consumer) as connection:
        state = _known(connection, consumer, source).state
        if not dry_run:
            what = {"consumer": consumer, "source": source}
            with recorded(there.environment, "resume_subscription", by=by, why=why, details=what):
                admin.resume(connection, source, by=by, why=why)
    typer.echo(f"{consumer} from {source}: was {state}, {'would run' if dry_run else 'runs'}")


@app.command()
def reset(
    consumer: Consumer,
    source: Source,
    to: Annotated[
        list[str],
        typer.Option(
            help="restored (what a restore brought back), beginning, end, or PARTITION=POSITION."
        ),
    ],
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Read on from other places of the source's log, as it is now.

    Shown beside it: what the consumer recorded because of events that the source no longer holds.
    Its read models of that source are to be rebuilt afterwards.
    """
    with (
        system(embedded=embedded, data=data) as there,
        logs(there, source) as opened,
        database(there, consumer) as connection,
    ):
        known = _known(connection, consumer, source)
        log = opened[source]
        positions = _positions(log, to, known)
        orphans = _orphans(there, consumer, source, log)
        if not dry_run:
            told = {str(partition): int(position) for partition, position in positions.items()}
            what = {"consumer": consumer, "source": source, "to": told}
            with recorded(
                there.environment, "reset_checkpoint", by=by, why=why, details=what
            ) as outcome:
                admin.reset_checkpoint(connection, source, positions, by=by, why=why)
                outcome["consequences_without_cause"] = len(orphans)
    rows = [
        {
            "consumer": consumer,
            "source": source,
            "partition": partition,
            "from": int(known.positions.get(partition, 0)),
            "to": int(position),
            "dry_run": dry_run,
        }
        for partition, position in sorted(positions.items())
    ]
    show_rows(rows, as_json, "read on from")
    if orphans or not as_json:
        show_rows(orphans, as_json, "recorded because of events that are gone")


def _known(connection: Connection, consumer: str, source: str) -> admin.SubscriptionInfo:
    for info in admin.subscriptions(connection):
        if info.source == source:
            return info
    raise Invalid(f"source: {consumer} does not read {source}; `permanence subscriptions list`")


def _positions(
    log: EventStore, wishes: Sequence[str], known: admin.SubscriptionInfo
) -> dict[int, Position]:
    heads = {partition: head.position for partition, head in log.heads().items()}
    if list(wishes) == ["beginning"]:
        return dict.fromkeys(known.positions, Position(0))
    if list(wishes) == ["end"]:
        return {part: heads.get(part, Position(0)) for part in known.positions}
    if list(wishes) == ["restored"]:
        cut = _cut(log)
        return {part: min(at, cut.get(part, Position(0))) for part, at in known.positions.items()}
    return dict(_pair(log, wish, known) for wish in wishes)


def _pair(log: EventStore, wish: str, known: admin.SubscriptionInfo) -> tuple[int, Position]:
    partition, _, position = wish.partition("=")
    if not (partition.isdigit() and position.isdigit()) or int(partition) not in known.positions:
        raise Invalid(f"--to: {wish!r} is none of restored, beginning, end, PARTITION=POSITION")
    at = {"partition": int(partition), "position": int(position)}
    with log.transaction() as connection:
        if at["position"] and connection.execute(_STANDS, at).fetchone() is None:
            raise NotWhere(f"--to: partition {partition} of {log.schema} has no event {position}")
    return at["partition"], Position(at["position"])


def _cut(log: EventStore) -> dict[int, Position]:
    """How far each partition goes back to before the log's present life; raises NothingRestored."""
    with log.transaction() as connection:
        lives = connection.execute("SELECT count(*) FROM incarnations").fetchone()
        rows = connection.execute(_CUT).fetchall()
    if lives is None or lives[0] < 2:
        raise NothingRestored(
            f"--to: the log of {log.schema} was never restored; give beginning, end or positions"
        )
    return {partition: Position(position) for partition, position in rows}


def _orphans(there: System, consumer: str, source: str, log: EventStore) -> list[dict[str, Any]]:
    """What the consumer appended, before the log's present life, because of events now gone."""
    with log.transaction() as connection:
        [drawn_at] = connection.execute(_DRAWN_AT).fetchone() or [None]
    values = {"source": source, "drawn_at": drawn_at}
    with database(there, consumer) as connection:
        caused = connection.execute(_CAUSED, values).fetchall()
    positions = sorted({row[0] for row in caused})
    with log.transaction() as connection:
        found = connection.execute(_STILL_THERE, {**values, "positions": positions}).fetchall()
    there_still = {row[0] for row in found}
    return [
        {
            "caused_by": f"{source}/{position}",
            "stream": stream,
            "version": version,
            "type": event_type,
            "recorded_at": plain(recorded_at),
        }
        for position, stream, version, event_type, recorded_at in caused
        if position not in there_still
    ]
