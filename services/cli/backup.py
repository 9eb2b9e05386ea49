"""``permanence backup``, ``restore`` and ``realign``: all services at one cut, or one alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli.acting import ever_started
from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.bars import bars
from services.cli.erased import all_erased, clean, erased_list, sweep, tell_again
from services.cli.instants import instant_of
from services.cli.integrity import Verification, public_keys
from services.cli.logs import open_logs
from services.cli.projections import chosen
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.cli.verify import told
from services.host import catalog
from services.host.backup import back_up
from services.host.bring_up import brought_up, missing, refuse_later
from services.host.dump import SchemaDump
from services.host.embedded import DEFAULT_FOLDER
from services.host.erased_list import refuse_unknown
from services.host.files import left_over
from services.host.manifest import Manifest, described, read_manifest
from services.host.preview import events_going, rewound_to, rows_there
from services.host.restore import (
    Half,
    NotEmpty,
    alone,
    is_empty,
    make_tables,
    refuse_running,
    restore_keyring,
    restore_services,
    until_whole,
)
from services.host.rewind import refuse_unfit, rewind
from services.host.runner import SERVICES
from shared.errors import Invalid, Refused
from shared.eventstore import Connection
from shared.eventstore.bootstrap import KEYRING
from shared.settings import Environment, clock_from

_AFTER = ("chain", "seals", "keyring", "checkpoints")


class RestoreUnsound(Refused):
    """What was restored does not verify."""

    code = "restore.unsound"


def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder for the services.")],
    keyring: Annotated[
        Path | None,
        typer.Option(help="A new folder for the keyring: to be kept apart from the other."),
    ] = None,
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Write all services, at one consistent cut, into files with a signed manifest.

    The system goes on meanwhile. Without --keyring the keys stay out; nobody can read a person's
    data without them.
    """
    by, why = signed(by, why)
    with (
        system(embedded=embedded, data=data, names=()) as there,
        bars(quiet=as_json) as bar,
    ):
        env, started = there.environment, ever_started(there.environment)
        details = {"folder": str(folder), "keyring": str(keyring) if keyring else None}
        with recorded(env, Action.BACKUP, by=by, why=why, details=details) as result:
            rows = []
            for names, into in ((started, folder), ([KEYRING], keyring)):
                if into is not None:
                    manifest = back_up(
                        env,
                        names,
                        into,
                        by=by,
                        why=why,
                        made_at=clock_from(env).now(),
                        watch=bar(into.name),
                    )
                    rows += described(manifest, into)
            result["rows"] = sum(row["rows"] for row in rows)
    show_rows(rows, as_json, "backup")
    for name in SERVICES:
        if name not in started:
            typer.echo(f"warning: {name} never started here and is not in the backup", err=True)
    for left in sorted({one for into in (folder, keyring) if into for one in left_over(into)}):
        typer.echo(f"warning: {left} was left by a command that was cut short; delete it", err=True)


def restore(
    folder: Annotated[
        Path | None, typer.Argument(help="A backup of the services; none: the keyring alone.")
    ] = None,
    keyring: Annotated[Path | None, typer.Option(help="A backup of the keyring.")] = None,
    service: Annotated[
        list[str] | None,
        typer.Option("--service", help="Only this one, while the others go on. May be repeated."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="With one --service: as it was then, from a backup made later; Paris time."
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what is there, after a backup of it.")
    ] = False,
    safety: Annotated[
        Path | None, typer.Option(help="Where the backup of what is replaced goes.")
    ] = None,
    nobody_erased: Annotated[
        bool,
        typer.Option("--nobody-erased", help="The list of the erased is empty, and not lost."),
    ] = False,
    by: By = "",
    why: Why = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check, and show what would go.")
    ] = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Put a backup back into an empty server, or in place of what is there; then verify.

    The services restored must be stopped. Persons who were erased since the backup stay erased.
    With --as-of one service alone goes back to a moment before the backup; the others find out.
    """
    if not dry_run:
        by, why = signed(by, why)
    if folder is None and keyring is None:
        raise Invalid("folder, --keyring: give at least one backup")
    moment = _moment(as_of, folder, keyring, service)
    with system(embedded=embedded, data=data, names=()) as there, bars(quiet=as_json) as bar:
        env = there.environment
        wanted = _wanted(env, folder, keyring, service, moment, nobody_erased=nobody_erased)
        if dry_run:
            show_rows(_would_go(env, wanted), as_json, "restore")
            _refuse_unready(env, wanted, replace=replace, safety=safety)
            if wanted.moment:
                with _of_this_release(env, wanted, bar("restore")) as ready:
                    going = _would_be_taken_back(env, ready)
                show_rows(going, as_json, "would be taken back")
            return
        with alone(env, wanted.replaced):
            _refuse_unready(env, wanted, replace=replace, safety=safety)
            make_tables(env, sorted({*wanted.replaced, "intake", KEYRING}))
            kept = safety if replace else None
            done = _restored(env, wanted, kept, bar("restore"), by=by, why=why)
    rows = done["verified"]
    if back := done.get("taken_back"):
        show_rows(back, as_json, "taken back")
    show_rows(rows if as_json else [told(row) for row in rows], as_json, "restore")


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What is to be put back: a backup of services, one of the keyring, or both; as of when."""

    folder: Path | None
    taken: Manifest | None
    keyring: Path | None
    ring: Manifest | None
    names: list[str]
    others_go_on: bool
    moment: datetime | None
    nobody_erased: bool

    @property
    def replaced(self) -> list[str]:
        return [*self.names, *([KEYRING] if self.ring else [])]

    @property
    def dumps(self) -> list[SchemaDump]:
        held = [one.schemas for one in (self.taken, self.ring) if one]
        return [schemas[name] for name in self.replaced for schemas in held if name in schemas]

    def described(self) -> list[dict[str, Any]]:
        """Of the backups, what is asked for."""
        asked = [(self.taken, self.folder), (self.ring, self.keyring)]
        rows = [row for one, where in asked if one and where for row in described(one, where)]
        return [row for row in rows if row["schema"] in self.replaced]

    def details(self) -> dict[str, str]:
        said = {"folder": self.folder, "keyring": self.keyring, "as_of": plain(self.moment)}
        said["nobody_erased"] = self.nobody_erased
        told = {name: str(value) for name, value in said.items() if value}
        return told | {"services": ", ".join(self.names)}


def _wanted(
    env: Environment,
    folder: Path | None,
    keyring: Path | None,
    service: Sequence[str] | None,
    moment: datetime | None,
    *,
    nobody_erased: bool,
) -> _Wanted:
    taken = read_manifest(folder, public_keys(env)) if folder else None
    ring = read_manifest(keyring, public_keys(env)) if keyring else None
    if ring and KEYRING not in ring.schemas:
        raise Invalid(f"--keyring: the backup holds no keyring, but {', '.join(ring.schemas)}")
    names = _chosen(taken, service)
    if taken and moment:
        refuse_unfit(names[0], moment, datetime.fromisoformat(taken.made_at))
    return _Wanted(
        folder=folder,
        taken=taken,
        keyring=keyring,
        ring=ring,
        names=names,
        others_go_on=bool(service),
        moment=moment,
        nobody_erased=nobody_erased,
    )


def _moment(
    as_of: str | None, folder: Path | None, keyring: Path | None, service: Sequence[str] | None
) -> datetime | None:
    if as_of is None:
        return None
    if folder is None or keyring is not None or len(service or ()) != 1:
        raise Invalid("--as-of: give a backup of the services and one --service, without --keyring")
    return instant_of(as_of, "--as-of")


@contextmanager
def _of_this_release(
    env: Environment, wanted: _Wanted, watch: Callable[[int, int], None]
) -> Iterator[_Wanted]:
    """With the tables that this release has, where the backup is of an earlier one."""
    with ExitStack() as copies:
        if wanted.taken and wanted.folder:
            ours = brought_up(env, wanted.taken, wanted.folder, wanted.names, watch)
            taken, folder = copies.enter_context(ours)
            wanted = replace(wanted, taken=taken, folder=folder)
        if wanted.ring and wanted.keyring:
            ours = brought_up(env, wanted.ring, wanted.keyring, [KEYRING], watch)
            ring, keyring = copies.enter_context(ours)
            wanted = replace(wanted, ring=ring, keyring=keyring)
        yield wanted


def _restored(
    env: Environment,
    wanted: _Wanted,
    safety: Path | None,
    watch: Callable[[int, int], None],
    *,
    by: str,
    why: str,
) -> dict[str, Any]:
    """Restore and verify, on the record; what was done. Raises StillRunning or RestoreUnsound."""
    with recorded(env, Action.RESTORE, by=by, why=why, details=wanted.details()) as result:
        with until_whole(env, wanted.names) as half:
            refuse_running(env, wanted.replaced)  # who started before the mark was set
            if safety:
                _keep_safe(env, wanted, safety, by=by)
            with _of_this_release(env, wanted, watch) as ready:
                result |= _put_back(env, ready, half, watch, by=by, why=why)
        rows = result["verified"] = [*_listed(env), *_verified(env, wanted.names)]
        _refuse_unsound(rows, others_go_on=wanted.others_go_on)
    return result


def _put_back(
    env: Environment,
    wanted: _Wanted,
    half: Half,
    watch: Callable[[int, int], None],
    *,
    by: str,
    why: str,
) -> dict[str, Any]:
    """Load keyring and services, take the one back, and keep the erased erased; what was done."""
    erased = sorted(all_erased(env))
    done: dict[str, Any] = {}
    if wanted.ring and wanted.keyring:
        done["erased_again"] = restore_keyring(env, wanted.ring, wanted.keyring, erased, half)
    if wanted.taken and wanted.folder:
        back: list[dict[str, Any]] = []

        def take_back(connection: Connection, name: str) -> None:
            if wanted.moment:
                rewound = rewind(connection, env, name, wanted.moment)
                back.append({"service": name, "as_of": plain(wanted.moment), **plain(rewound)})

        restore_services(env, wanted.taken, wanted.folder, wanted.names, half, watch, take_back)
        if wanted.moment:
            _rebuilt(env, wanted.names[0], by=by, why=why)
        done["taken_back"] = back
        done["told_again"] = _hold_erasures(env, wanted.names, erased, by=by)
    if erased:
        sweep(env)
    return done


def _refuse_unsound(rows: Sequence[Mapping[str, Any]], *, others_go_on: bool) -> None:
    """Raise RestoreUnsound; where others go on, their checkpoints are theirs to set right."""
    meant = [row for row in rows if not (others_go_on and row["check"] == "checkpoints")]
    faults = [fault for row in meant for fault in row["faults"]]
    if faults:
        raise RestoreUnsound(f"restore: {len(faults)} faults, the first: {faults[0]}")


def _rebuilt(env: Environment, service: str, *, by: str, why: str) -> None:
    """Its read models anew, from the log as it is now; what rebuilds left behind goes."""
    with chosen(env, service) as models:
        for one in models:
            one.rebuilder.cancel(by=by, why=why)
            one.rebuilder.rebuild(by=by, why=why, accept_differences=True)
            one.rebuilder.drop_previous(by=by, why=why)


def _chosen(taken: Manifest | None, service: Sequence[str] | None) -> list[str]:
    if taken is None:
        return []
    unknown = sorted(set(service or ()) - set(taken.schemas))
    if unknown or KEYRING in taken.schemas:
        what = unknown[0] if unknown else "services, but the keyring,"
        raise Invalid(f"--service: the backup holds no {what}; it has {', '.join(taken.schemas)}")
    return [name for name in SERVICES if name in taken.schemas and (not service or name in service)]


def _would_go(env: Environment, wanted: _Wanted) -> list[dict[str, Any]]:
    """The backup, and beside it what is there and the backup does not hold."""
    rows = []
    migrations = {dumped.schema: missing(dumped) for dumped in wanted.dumps}
    for row in wanted.described():
        going: Mapping[str, int] = {}
        if wanted.taken and row["schema"] in wanted.names:
            going = events_going(env, wanted.taken, row["schema"])
        there = {
            "brought_up_by": migrations[row["schema"]],
            "rows_there": rows_there(env, row["schema"]),
        }
        rows.append({**row, **there, "events_gone": sum(going.values()), "gone": going})
    return rows


def _would_be_taken_back(env: Environment, wanted: _Wanted) -> list[dict[str, Any]]:
    [dumped] = wanted.dumps
    if wanted.folder is None or wanted.moment is None:
        return []
    found = rewound_to(env, dumped, wanted.folder, wanted.moment)
    return [{"service": dumped.schema, "as_of": plain(wanted.moment), **plain(found)}]


def _refuse_unready(
    env: Environment, wanted: _Wanted, *, replace: bool, safety: Path | None
) -> None:
    """Refuse what cannot be restored where it is to go; nothing is changed."""
    erased_list(env).refuse_missing()
    if not wanted.nobody_erased:
        refuse_unknown(env, erased_list(env), wanted.taken)
    refuse_running(env, wanted.replaced)
    for dumped in wanted.dumps:
        refuse_later(env, dumped.schema)
        missing(dumped)
    occupied = [schema for schema in wanted.replaced if not is_empty(env, schema)]
    if occupied and not replace:
        raise NotEmpty(
            f"target: {', '.join(occupied)} is not empty; restore into an empty server, or give "
            "--replace and --safety FOLDER, where what is there is backed up first"
        )
    if occupied and safety is None:
        raise NotEmpty("--safety: give a new folder for the backup of what is replaced")
    if safety and safety.is_dir() and any(safety.iterdir()):
        raise Refused(f"--safety: {safety} is not empty; give a new folder for each backup")


def _keep_safe(env: Environment, wanted: _Wanted, safety: Path, *, by: str) -> None:
    ring = [KEYRING] if wanted.ring else []
    for names, into in ((wanted.names, safety / "services"), (ring, safety / "keyring")):
        if names:
            back_up(env, names, into, by=by, why="before a restore", made_at=clock_from(env).now())


def _hold_erasures(
    env: Environment, names: Sequence[str], erased: Sequence[UUID], *, by: str
) -> int:
    """What the backup remembers of persons erased since goes again, and intake tells it again."""
    clean(env, erased, live=True)
    if "intake" not in names:
        return 0
    with open_logs(env, "intake") as stores:
        return tell_again(env, stores["intake"], erased, by=by, reason="erased before a restore")


def _listed(env: Environment) -> list[dict[str, Any]]:
    """How many the list named: an old or an empty one is seen by it."""
    listed = erased_list(env)
    if not listed.is_kept:
        return []
    row = {"service": KEYRING, "check": "listed as erased", "faults": []}
    return [row | {"looked_at": len(listed.people())}]


def _verified(env: Environment, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    with open_logs(env) as stores:
        verification = Verification(environment=env, stores=stores)
        for name in catalog.names():
            if name in stores and (not names or name in names):
                for check in _AFTER:
                    found = verification.run(check, name, lambda _done, _total: None)
                    rows.append(
                        {
                            "service": name,
                            "check": check,
                            "looked_at": found.looked_at,
                            "faults": list(found.faults),
                        }
                    )
    return rows
