"""``permanence parked``: events that a consumer could not handle, and what becomes of them."""

from __future__ import annotations

import inspect
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.acting import DryRun, database, started_services
from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.choices import one_of
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, System, system
from services.host.embedded import DEFAULT_FOLDER
from services.host.runner import SERVICES, service_class
from shared.errors import Invalid, Refused
from shared.eventstore import Position
from shared.messaging import admin, commands_of
from shared.postgres import Connection

UNCONFIRMED = 20  # more than so many at once wants --yes
_PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.2

Consumer = Annotated[
    str, typer.Option("--consumer", help="The service that could not handle them.")
]
Source = Annotated[str, typer.Option("--source", help="The service whose events they are.")]
Stream = Annotated[str, typer.Argument(help="The stream that waits, such as request-….")]
Yes = Annotated[
    bool, typer.Option("--yes", help=f"Needed for more than {UNCONFIRMED} events at once.")
]

app = typer.Typer(no_args_is_help=True, help="Events set aside because a consumer failed on them.")


class NotConfirmed(Refused):
    """Many events at once, and nobody said that this is meant."""

    code = "cli.not_confirmed"


@app.command("list")
def list_parked(
    consumer: Annotated[str | None, typer.Option(help="Only of this service.")] = None,
    source: Annotated[str | None, typer.Option(help="Only events of this service.")] = None,
    stream: Annotated[str | None, typer.Option(help="Only of this stream.")] = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """List parked events, each stream in the order in which it must be retried.

    The first of a stream has the error; the others wait behind it.
    """
    if consumer is not None:
        one_of(consumer, SERVICES, "--consumer")
    if source is not None:
        one_of(source, SERVICES, "--source")
    rows = []
    with system(embedded=embedded, data=data) as there:
        for name in [consumer] if consumer else started_services(there):
            with database(there, name) as connection:
                found = admin.parked(connection, source=source, stream=stream)
                rows += [_row(name, event) for event in found]
    if not as_json:
        rows = [{k: v for k, v in row.items() if k not in ("data", "partition")} for row in rows]
    show_rows(rows, as_json, "parked events")


@app.command()
def show(
    stream: Stream,
    consumer: Consumer,
    source: Source,
    position: Annotated[
        int | None,
        typer.Option(min=1, help="The event's position; the first of the stream if not given."),
    ] = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Show one parked event: the error, and the event as it came, private part sealed."""
    with system(embedded=embedded, data=data) as there, database(there, consumer) as connection:
        found = _waiting(connection, source, stream)
        wanted = [one for one in found if position in (None, one.position)]
        if not wanted:
            raise Invalid(f"--position: {stream} has no parked event at {position}")
        event = wanted[0]
        envelope = admin.envelope_of(connection, source, event.position)
    told = {**_row(consumer, event), "event": envelope}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    show_rows(
        [{"field": name, "value": _in_lines(value)} for name, value in told.items()],
        as_json,
        f"{stream}, parked at {event.position}",
    )


@app.command()
def retry(
    stream: Stream,
    consumer: Consumer,
    source: Source,
    by: By = "",
    why: Why = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Have the parked events of a stream handled again, in order, and wait for how it ends.

    The first that fails again keeps its place, and what follows waits behind it.
    """
    if not dry_run:
        by, why = signed(by, why)
    with system(embedded=embedded, data=data) as there, database(there, consumer) as connection:
        found = _waiting(connection, source, stream)
        if not dry_run:
            _confirm(len(found), yes=yes)
            what: dict[str, Any] = {"consumer": consumer, "source": source, "stream": stream}
            with recorded(there.environment, Action.RETRY_PARKED, by=by, why=why, details=what):
                admin.retry(connection, source, stream, by=by, why=why)
                _await_end(connection, source, stream)
        left = found if dry_run else admin.parked(connection, source=source, stream=stream)
    _tell_outcome(stream, len(found), left, as_json, dry_run=dry_run, verb="handled")


@app.command()
def discard(
    stream: Stream,
    consumer: Consumer,
    source: Source,
    through: Annotated[
        int, typer.Option(min=1, help="Up to this position, the first ones included.")
    ],
    by: By = "",
    why: Why = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Pass over parked events for good, from the first of the stream to a position."""
    if not dry_run:
        by, why = signed(by, why)
    with system(embedded=embedded, data=data) as there, database(there, consumer) as connection:
        found = _waiting(connection, source, stream)
        gone = [event for event in found if event.position <= through]
        left = [event for event in found if event.position > through]
        if not gone:
            raise Invalid(f"--through: the first parked event of {stream} is {found[0].position}")
        if not dry_run:
            _confirm(len(gone), yes=yes)
            positions = [int(event.position) for event in gone]
            what: dict[str, Any] = {"consumer": consumer, "source": source, "stream": stream}
            what["positions"] = positions
            with recorded(there.environment, Action.DISCARD_PARKED, by=by, why=why, details=what):
                admin.discard(connection, source, stream, Position(through), by=by, why=why)
    _tell_outcome(stream, len(found), left, as_json, dry_run=dry_run, verb="discarded")


@app.command()
def mend(
    stream: Stream,
    consumer: Consumer,
    source: Source,
    command: Annotated[
        str, typer.Option(help="The source's command that corrects, such as amend_request.")
    ],
    payload: Annotated[
        str,
        typer.Option(
            help="Its arguments, a JSON object: - for standard input, or @FILE; `by` is added."
        ),
    ],
    skip: Annotated[
        bool, typer.Option("--skip", help="Pass over the first event: the correction replaces it.")
    ] = False,
    by: By = "",
    why: Why = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Correct in the source by one more event, then retry; nothing recorded is ever edited.

    The correction waits behind the event that failed. If that one cannot be handled whatever
    follows it, --skip passes over it first.
    """
    if not dry_run:
        by, why = signed(by, why)
    arguments = read_payload(payload)
    with system(embedded=embedded, data=data) as there, database(there, consumer) as connection:
        found = _waiting(connection, source, stream)
        if dry_run:
            _check_command(source, command, arguments)
        else:
            _confirm(len(found), yes=yes)
            what: dict[str, Any] = {"consumer": consumer, "source": source, "stream": stream}
            what["command"] = command
            with recorded(
                there.environment, Action.MEND_PARKED, by=by, why=why, details=what
            ) as outcome:
                there.call(source, command, **{**arguments, "by": by})
                outcome["corrected"] = True
                _await_arrival(there, connection, source, found[0].partition)
                if skip:
                    first = found[0].position
                    admin.discard(connection, source, stream, first, by=by, why=why)
                    outcome["skipped"] = int(first)
                _retry_what_waits(connection, source, stream, by=by, why=why)
        left = found if dry_run else admin.parked(connection, source=source, stream=stream)
    _tell_outcome(stream, len(found), left, as_json, dry_run=dry_run, verb="handled")


def _check_command(source: str, command: str, arguments: dict[str, Any]) -> None:
    """See that the source has that command, and that it takes these arguments."""
    known = commands_of(service_class(source))
    one_of(command, known, "--command")
    try:
        inspect.signature(known[command]).bind(None, **{**arguments, "by": ""})
    except TypeError as error:
        raise Invalid(f"--payload: {command}: {error}") from None


def _retry_what_waits(
    connection: Connection, source: str, stream: str, *, by: str, why: str
) -> None:
    if admin.parked(connection, source=source, stream=stream):
        admin.retry(connection, source, stream, by=by, why=why)
        _await_end(connection, source, stream)


def _waiting(connection: Connection, source: str, stream: str) -> list[admin.ParkedEvent]:
    one_of(source, SERVICES, "--source")
    found = admin.parked(connection, source=source, stream=stream)
    if not found:
        raise Invalid(
            f"stream: {stream} of {source} has no parked events; `permanence parked list`"
        )
    return found


def _confirm(count: int, *, yes: bool) -> None:
    if count > UNCONFIRMED and not yes:
        raise NotConfirmed(f"--yes: {count} events at once; add it if that is meant")


def _await_arrival(there: System, connection: Connection, source: str, partition: int) -> None:
    """Until the consumer has taken in what the source holds now: the correction among it."""
    heads = there.call(source, "log_heads")["heads"]
    [head, _] = heads.get(str(partition), [0, ""])

    def arrived() -> bool:
        infos = [one for one in admin.subscriptions(connection) if one.source == source]
        return any(info.positions.get(partition, 0) >= head for info in infos)

    wait_for(arrived)


def _await_end(connection: Connection, source: str, stream: str) -> None:
    """Until none is left or one failed again, which takes the wish away from all."""

    def ended() -> bool:
        left = admin.parked(connection, source=source, stream=stream)
        return not any(event.retry_asked_by for event in left)

    wait_for(ended)


def wait_for(ended: Callable[[], bool], *, seconds: float = _PATIENCE_SECONDS) -> bool:
    """Whether it came true in time; the service does it within a second if it runs."""
    until = time.monotonic() + seconds
    while not ended():
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _tell_outcome(
    stream: str,
    before: int,
    left: list[admin.ParkedEvent],
    as_json: bool,
    *,
    dry_run: bool,
    verb: str,
) -> None:
    first = left[0] if left else None
    row = {
        "stream": stream,
        "parked_before": before,
        "parked_after": len(left),
        "first_left": int(first.position) if first else None,
        "error": (first.error or {}).get("type") if first else None,
        "asked_by": first.retry_asked_by if first else None,
        "dry_run": dry_run,
    }
    if as_json:
        typer.echo(json.dumps(row, ensure_ascii=False))
    elif dry_run:
        count = before - len(left) if verb == "discarded" else before
        typer.echo(f"{stream}: {count} of {before} parked events would be {verb}; nothing was done")
    elif first and first.retry_asked_by:
        typer.echo(f"{stream}: asked for; the consumer has not come to it yet")
    elif first:
        typer.echo(f"{stream}: {len(left)} of {before} still parked, first {first.position}")
    else:
        typer.echo(f"{stream}: {before} {verb}, none is parked now")
    if first and not dry_run and verb == "handled":
        raise typer.Exit(1)


def _row(consumer: str, event: admin.ParkedEvent) -> dict[str, Any]:
    error = event.error or {}
    return {
        "consumer": consumer,
        "source": event.source,
        "stream": event.stream,
        "partition": event.partition,
        "position": int(event.position),
        "version": int(event.version),
        "type": event.type,
        "attempts": event.attempts,
        "error": plain(error.get("type")) if error else "waits behind the first",
        "parked_at": event.parked_at.isoformat(),
        "retry_asked_by": event.retry_asked_by,
        "data": event.data,
    }


def _in_lines(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return json.dumps(value, ensure_ascii=False, indent=1)


def read_payload(given: str) -> dict[str, Any]:
    """The JSON object that ``-`` (standard input), ``@FILE`` or ``given`` itself holds.

    What names a person stands on no command line, where everybody on the machine reads it.
    """
    try:
        if given == "-":
            text = sys.stdin.read()
        elif given.startswith("@"):
            text = Path(given[1:]).read_text(encoding="utf-8")
        else:
            text = given
        value = json.loads(text)
    except OSError as error:
        raise Invalid(f"--payload: {given[1:]} cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise Invalid(f"--payload: not JSON ({error}); write '{{\"request_id\": …}}'") from None
    if not isinstance(value, dict):
        raise Invalid("--payload: not an object; write '{\"request_id\": …}'")
    return value
