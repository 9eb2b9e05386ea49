"""``permanence seal`` and ``check-seal``: what the logs hold, signed day by day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.logs import OnlyService, logs
from services.cli.shown import show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from shared.clock import today
from shared.errors import Invalid
from shared.eventstore import PARTITIONS, EventStore, Position
from shared.postgres import own_errors
from shared.seals import (
    Seal,
    SealBroken,
    SealKey,
    check_chain,
    digests,
    from_document,
    keep,
    kept,
    last_kept,
    public_key_from,
    take,
    to_document,
    unlike,
)
from shared.settings import Environment, clock_from

Line = dict[str, Any]


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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, sign nothing.")] = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Sign what the logs hold now, one seal a service a day; each includes the one before."""
    if not dry_run:
        by, why = signed(by, why)
    with system(embedded=embedded, data=data) as there, logs(there, service) as opened:
        env = there.environment
        key = SealKey.from_base64(env.require("SEAL_KEY"))
        if dry_run:
            rows = [_row(_next(name, store, env), made=False) for name, store in opened.items()]
        else:
            details = {"services": list(opened), "public_key": key.public}
            with recorded(env, Action.SEAL, by=by, why=why, details=details) as result:
                rows = [_make(name, store, env, key) for name, store in opened.items()]
                result["seals"] = {row["service"]: row["number"] for row in rows}
        if export:
            _write_lines(export, _seals(opened))
        if export_digests:
            _write_lines(export_digests, _digests(opened))
    if as_json:
        rows = [{**row, "public_key": key.public} for row in rows]
    else:
        rows = [{**row, "digest": row["digest"][:16]} for row in rows]
        typer.echo(f"public key: {key.public}")
    show_rows(rows, as_json, "seal")


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


def _make(name: str, store: EventStore, env: Environment, key: SealKey) -> Line:
    made = _next(name, store, env)
    last = _last(store)
    for fault in store.verify().faults:  # what was sealed before may be broken since
        raise SealBroken(
            f"{name}: {fault.stream} version {fault.version}: {fault.kind.value}; what does not "
            "verify is not signed: run `permanence verify`"
        )
    if last and last.day == made.day and last.partitions == made.partitions:
        return _row(last, made=False)
    signed = made.signed(key)
    options = f"-c search_path={name},pg_temp"
    with (
        own_errors(),
        psycopg.connect(env.require(f"{name.upper()}_OWNER_DSN"), options=options) as connection,
    ):
        keep(connection, signed)
    return _row(signed, made=True)


def _next(name: str, store: EventStore, env: Environment) -> Seal:
    clock = clock_from(env)
    with store.transaction() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return take(
            connection,
            service=name,
            incarnation=store.incarnation(connection),
            before=last_kept(connection),
            day=today(clock),
            sealed_at=clock.now().astimezone(UTC).replace(microsecond=0),
        )


def _last(store: EventStore) -> Seal | None:
    with store.transaction() as connection:
        return last_kept(connection)


def _row(one: Seal, *, made: bool) -> Line:
    return {
        "service": one.service,
        "number": one.number,
        "day": one.day,
        "sealed_at": one.sealed_at,
        "events": sum(part.events for part in one.partitions),
        "digest": one.digest(),
        "made": made,
    }


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
        self._path = path
        self._starts: dict[tuple[str, int], int] = {}
        place, last = 0, None
        with path.open("rb") as file:
            for raw in file:
                line = _parsed(raw, path)
                key = (line["service"], line["partition"])
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
                line = _parsed(raw, self._path)
                if (line["service"], line["partition"]) != (service, partition):
                    return
                yield line["position"], bytes.fromhex(line["digest"])


def _check_against(service: str, seals: list[Seal], exported: _Digests) -> None:
    problems = unlike(seals, lambda partition, _: exported.of(service, partition))
    if problems:
        raise SealBroken(f"{service}: {problems[0]}")


def _write_lines(path: Path, lines: Iterator[Line]) -> None:
    with path.open("w", encoding="utf-8") as file:
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
