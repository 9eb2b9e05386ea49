"""``permanence subscriptions``: who reads whose log, how far, and the way out when one stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from services.cli.acting import DryRun, database, started_services
from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.choices import one_of
from services.cli.logs import logs
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Calls, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from services.host.runner import SERVICES
from shared.errors import Invalid
from shared.eventstore import EventStore, Position
from shared.messaging import START, Place, admin
from shared.postgres import Connection

Consumer = Annotated[str, typer.Argument(help="The service that reads.")]
Source = Annotated[str, typer.Argument(help="The service whose log it reads.")]

_STANDS = """
SELECT digest FROM events WHERE partition = %(partition)s AND "position" = %(position)s
"""

app = typer.Typer(no_args_is_help=True, help="The services' subscriptions to each other's logs.")


class NotWhere(Invalid):
    """No event stands at the position asked for."""

    code = "cli.not_where"


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
    if consumer is not None:
        one_of(consumer, SERVICES, "--consumer")
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
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Let a paused subscription try again at once; a stopped one needs `realign`."""
    if not dry_run:
        by, why = signed(by, why)
    with system(embedded=embedded, data=data) as there, database(there, consumer) as connection:
        state = _known(connection, consumer, source).state
        if not dry_run:
            what = {"consumer": consumer, "source": source}
            with recorded(
                there.environment, Action.RESUME_SUBSCRIPTION, by=by, why=why, details=what
            ):
                admin.resume(connection, source, by=by, why=why)
    row = {"consumer": consumer, "source": source, "state_before": state, "dry_run": dry_run}
    show_rows([row], as_json, "would run" if dry_run else "runs")


@app.command()
def reset(
    consumer: Consumer,
    source: Source,
    to: Annotated[
        list[str],
        typer.Option(help="beginning, end, or PARTITION=POSITION, which may be repeated."),
    ],
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Read on from other places of the source's log; `realign` finds them after a restore.

    The consumer's read models of that source are to be rebuilt afterwards.
    """
    if not dry_run:
        by, why = signed(by, why)
    with (
        system(embedded=embedded, data=data) as there,
        logs(there, source) as opened,
        database(there, consumer) as connection,
    ):
        known = _known(connection, consumer, source)
        log = opened[source]
        places = _places(log, to, known)
        if not dry_run:
            told = {str(partition): int(place.position) for partition, place in places.items()}
            what = {"consumer": consumer, "source": source, "to": told}
            with (
                recorded(there.environment, Action.RESET_CHECKPOINT, by=by, why=why, details=what),
                connection.transaction(),
            ):
                admin.hold(connection, source)  # one that runs has moved on since
                known = _known(connection, consumer, source)
                places = _places(log, to, known)
                life = log.incarnation()
                admin.reset_checkpoint(connection, source, places, incarnation=life, by=by, why=why)
    rows = [
        {
            "consumer": consumer,
            "source": source,
            "partition": partition,
            "from": int(known.positions.get(partition, 0)),
            "to": int(place.position),
            "dry_run": dry_run,
        }
        for partition, place in sorted(places.items())
    ]
    show_rows(rows, as_json, "read on from")


def _known(connection: Connection, consumer: str, source: str) -> admin.SubscriptionInfo:
    for info in admin.subscriptions(connection):
        if info.source == source:
            return info
    raise Invalid(f"source: {consumer} does not read {source}; `permanence subscriptions list`")


def _places(
    log: EventStore, wishes: Sequence[str], known: admin.SubscriptionInfo
) -> dict[int, Place]:
    if list(wishes) == ["beginning"]:
        return dict.fromkeys(known.positions, START)
    if list(wishes) == ["end"]:
        heads = {part: Place(head.position, head.digest) for part, head in log.heads().items()}
        return {part: heads.get(part, START) for part in known.positions}
    return dict(_pair(log, wish, known) for wish in wishes)


def _pair(log: EventStore, wish: str, known: admin.SubscriptionInfo) -> tuple[int, Place]:
    partition, _, position = wish.partition("=")
    if not (partition.isdigit() and position.isdigit()) or int(partition) not in known.positions:
        raise Invalid(f"--to: {wish!r} is none of beginning, end, PARTITION=POSITION")
    if int(position) == 0:
        return int(partition), START
    at = {"partition": int(partition), "position": int(position)}
    with log.transaction() as connection:
        there = connection.execute(_STANDS, at).fetchone()
    if there is None:
        raise NotWhere(f"--to: partition {partition} of {log.schema} has no event {position}")
    return int(partition), Place(Position(int(position)), there[0])
