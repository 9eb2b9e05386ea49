"""The read models that an admin's command works on, and how their progress is shown."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Any

import typer

from services.cli.bars import Begin, bars
from services.cli.logs import open_logs
from services.host import catalog
from services.host.runner import SERVICES
from shared.errors import Invalid
from shared.projections import Difference, ReadModel, Rebuilder, TableDrift, Watch
from shared.settings import Environment

By = Annotated[str | None, typer.Option(help="Who asks; your user name if left out.")]
Why = Annotated[str, typer.Option(help="The reason, kept with the record of what was done.")]
ASKED = "asked for on the command line"


class NoSuchProjection(Invalid):
    """No read model of that name."""

    code = "cli.no_such_projection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A read model, and what rebuilds it."""

    service: str
    model: ReadModel
    rebuilder: Rebuilder

    @property
    def name(self) -> str:
        return f"{self.service}.{self.model.name}"


def user() -> str:
    """Who is at the keyboard, as the records name them."""
    return getpass.getuser()


@contextmanager
def chosen(
    environment: Environment, projection: str | None, *, show_personal: bool = False
) -> Iterator[list[Chosen]]:
    """The read model ``service.name``; all of a service, or of all, if that part is left out.

    Raises NoSuchProjection. Those of a source that never started are left out.
    """
    service, _, name = (projection or "").partition(".")
    if service and service not in SERVICES:
        raise NoSuchProjection(
            f"projection: {projection!r} is not service.name, such as intake.requests"
        )
    with open_logs(environment) as opened:
        keyring = next(iter(opened.values())).keyring
        found = [
            (one, model)
            for one in SERVICES
            if not service or one == service
            for model in catalog.read_models(one, keyring)
            if not name or model.name == name
        ]
        if not found:
            raise NoSuchProjection(f"projection: {projection!r} does not exist")
        yield [
            Chosen(
                service=one,
                model=model,
                rebuilder=Rebuilder(
                    service=one,
                    owner_dsn=environment.require(f"{one.upper()}_OWNER_DSN"),
                    model=replace(model, personal=()) if show_personal else model,
                    source=opened[model.source],
                    codec=catalog.codec(model.source),
                ),
            )
            for one, model in found
            if model.source in opened
        ]


def bar(*, quiet: bool) -> AbstractContextManager[Begin]:
    """Progress bars of rebuilds: they read events."""
    return bars(quiet=quiet, unit=" events")


def watching(begin: Begin, name: str) -> Watch:
    """Tells a bar of its own how far the rebuild of ``name`` is."""
    tell = begin(name)
    return lambda progress: tell(progress.events, progress.total)


def drift_row(one: Chosen, drift: TableDrift) -> dict[str, Any]:
    """A table's row in the reports of rebuild and drift."""
    return {
        "service": one.service,
        "projection": one.model.name,
        "table": drift.table,
        "rows": drift.rows,
        "only_live": drift.only_live,
        "only_rebuilt": drift.only_rebuilt,
        "changed": drift.changed,
    }


def difference_rows(one: Chosen, difference: Difference) -> list[dict[str, Any]]:
    """A row a column that differs; a row of the table that only one side has is one as well."""
    common = {
        "service": one.service,
        "table": difference.table,
        "key": ", ".join(f"{name}={value}" for name, value in difference.key.items()),
        "difference": difference.kind,
    }
    if difference.kind != "differs":
        whole = {name: pair for name, pair in difference.columns.items() if pair != (None, None)}
        side = 0 if difference.kind == "only live" else 1
        text = ", ".join(f"{name}={pair[side]}" for name, pair in whole.items())
        live, rebuilt = (text, None) if side == 0 else (None, text)
        return [common | {"column": None, "live": live, "rebuilt": rebuilt}]
    return [
        common | {"column": name, "live": live, "rebuilt": rebuilt}
        for name, (live, rebuilt) in difference.columns.items()
    ]
