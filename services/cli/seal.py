"""``permanence seal`` and ``check-seal``: what the logs hold, signed day by day."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, TextIO

import eventlet
import typer

from services.cli.actions import By, Why, signed
from services.cli.logs import OnlyService, logs
from services.cli.sealing import Line, next_seals, overdue, seal_daily, seal_logs
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from services.host.files import written
from shared.errors import Invalid
from shared.eventstore import PARTITIONS, EventStore, Position
from shared.logging import configure
from shared.seals import (
    OVERDUE_DAYS,
    Seal,
    SealBroken,
    SealKey,
    check_chain,
    digests,
    from_document,
    kept,
    public_key_from,
    to_document,
    unlike,
)


def seal(
    by: By = "",
    why: Why = "",
    service: OnlyService = None,
    export: Annotated[
        Path | None, typer.Option(help="Write all seals here, for whoever checks them.")
    ] = None,
    export_digests: Annotated[
        Path | None,
        typer.Option(help="Write every event's position and digest here (no personal data)."),
    ] = None,
    daily: Annotated[
        bool, typer.Option("--daily", help="Stay, and seal each day's logs; a log line a seal.")
    ] = False,
    only_overdue: Annotated[
        bool,
        typer.Option(
            "--overdue", help=f"Only look: exits with 1 if {OVERDUE_DAYS} days passed without one."
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, sign nothing.")] = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Sign what the logs hold now, one seal a service a day; each includes the one before.

    With --daily it stays and does so every day; --overdue asks whether somebody does.
    """
    if sum((dry_run, daily, only_overdue)) > 1 or (daily and (export or export_digests)):
        raise Invalid("--daily, --overdue, --dry-run: one at a time, and --daily exports nothing")
    if only_overdue:
        _tell_overdue(service, as_json=as_json, embedded=embedded, data=data)
        return
    if not dry_run:
        by, why = signed(by, why)
    if daily:
        with system(embedded=embedded, data=data) as there:
            SealKey.from_base64(there.environment.require("SEAL_KEY"))  # told now, not every time
            configure("sealer")
            seal_daily(there.environment, by=by, why=why, stopped=_until_told())
        return
    with (
        system(embedded=embedded, data=data) as there,
        logs(there, service) as opened,
        ExitStack() as files,
    ):
        env = there.environment
        # Opened before anything is signed, so that a wrong path is told while nothing is done.
        into = export and files.enter_context(written(export, "--export"))
        digests_into = export_digests and files.enter_context(
            written(export_digests, "--export-digests")
        )
        key = SealKey.from_base64(env.require("SEAL_KEY"))
        rows = next_seals(env, opened) if dry_run else seal_logs(env, opened, by=by, why=why)
        if into:
            _write_lines(into, _seals(opened))
        if digests_into:
            _write_lines(digests_into, _digests(opened))
    if as_json:
        rows = [{**row, "public_key": key.public} for row in rows]
    else:
        rows = [{**row, "digest": row["digest"][:16]} for row in rows]
        typer.echo(f"public key: {key.public}")
    show_rows(rows, as_json, "seal")


def _tell_overdue(service: str | None, *, as_json: bool, embedded: bool, data: Path) -> None:
    with system(embedded=embedded, data=data) as there, logs(there, service) as opened:
        due = overdue(opened)
        rows = [{"service": name, "overdue_since": plain(due.get(name))} for name in opened]
    show_rows(rows, as_json, "seals")
    if any(row["overdue_since"] for row in rows):
        raise typer.Exit(1)


def _until_told() -> threading.Event:
    """Set within a second of SIGTERM or Ctrl-C, by a green thread: a handler wakes none."""
    stopped, told = threading.Event(), list[int]()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: told.append(number))

    def look() -> None:
        while not told:
            eventlet.sleep(1)
        stopped.set()

    eventlet.spawn(look)
    return stopped


def check_seal(
    file: Annotated[Path, typer.Argument(help="Seals as `permanence seal --export` wrote them.")],
    public_key: Annotated[
        list[str], typer.Option("--public-key", help="In base64; repeat it if it was changed.")
    ],
    against: Annotated[
        Path | None,
        typer.Option(help="A later export of the digests: does it still hold what was sealed?"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check signatures and links of exported seals; needs nothing but the public key."""
    keys = [public_key_from(text) for text in public_key]
    by_service: dict[str, list[Seal]] = {}
    for line in _read_lines(file):
        one = from_document(line)
        by_service.setdefault(one.service, []).append(one)
    if not by_service:
        raise Invalid(f"file: {file} holds no seal")
    exported = _Digests(against) if against else None
    rows = []
    for service, seals in by_service.items():
        check_chain(seals, keys)
        if exported:
            _check_against(service, seals, exported)
        last = seals[-1]
        rows.append(
            {
                "service": service,
                "seals": len(seals),
                "from": seals[0].day,
                "until": last.day,
                "events": sum(part.events for part in last.partitions),
                "log": "as sealed" if exported else "not compared",
            }
        )
    show_rows(rows, as_json, "check-seal")


def _seals(stores: Mapping[str, EventStore]) -> Iterator[Line]:
    for store in stores.values():
        with store.transaction() as connection:
            for one in kept(connection):
                yield to_document(one)


def _digests(stores: Mapping[str, EventStore]) -> Iterator[Line]:
    for name, store in stores.items():
        with store.transaction() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for partition in range(PARTITIONS):
                for position, digest in digests(connection, partition, Position(0)):
                    yield {
                        "service": name,
                        "partition": partition,
                        "position": position,
                        "digest": digest.hex(),
                    }


class _Digests:
    """An export of digests, whose partitions each lie together in the file."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise Invalid(
                f"against: {path} is not there; `permanence seal --export-digests` writes it"
            )
        self._path = path
        self._starts: dict[tuple[str, int], int] = {}
        place, last = 0, None
        with path.open("rb") as file:
            for raw in file:
                key, _, _ = _digest(raw, path)
                if key != last and self._starts.setdefault(key, place) != place:
                    raise Invalid(f"against: {path} is not in the order of an export; export anew")
                place, last = place + len(raw), key

    def of(self, service: str, partition: int) -> Iterator[tuple[int, bytes]]:
        """Positions and digests of one partition, in the order of the file."""
        start = self._starts.get((service, partition))
        if start is None:
            return
        with self._path.open("rb") as file:
            file.seek(start)
            for raw in file:
                key, position, digest = _digest(raw, self._path)
                if key != (service, partition):
                    return
                yield position, digest


def _check_against(service: str, seals: list[Seal], exported: _Digests) -> None:
    problems = unlike(seals, lambda partition, _: exported.of(service, partition))
    if problems:
        raise SealBroken(f"{service}: {problems[0]}")


def _write_lines(file: TextIO, lines: Iterator[Line]) -> None:
    for line in lines:
        file.write(json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n")


def _read_lines(path: Path) -> Iterator[Line]:
    if not path.is_file():
        raise Invalid(f"file: {path} is not there; `permanence seal --export` writes it")
    with path.open("rb") as file:
        for raw in file:
            yield _parsed(raw, path)


def _parsed(raw: bytes, path: Path) -> Line:
    try:
        line: Line = json.loads(raw)
    except ValueError:
        raise Invalid(f"file: a line of {path} is not JSON; export it anew") from None
    return line


def _digest(raw: bytes, path: Path) -> tuple[tuple[str, int], int, bytes]:
    """Service and partition, position and digest of an event; raises Invalid."""
    line = _parsed(raw, path)
    try:
        key = (str(line["service"]), int(line["partition"]))
        return key, int(line["position"]), bytes.fromhex(line["digest"])
    except (KeyError, TypeError, ValueError):
        raise Invalid(
            f"against: {path} does not hold digests; give what `permanence seal "
            "--export-digests` wrote"
        ) from None
