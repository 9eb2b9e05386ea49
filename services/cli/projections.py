"""The read models that an admin's command works on, and how their progress is shown."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from services.cli.logs import open_logs
from services.host import catalog
from services.host.runner import SERVICES
from shared.errors import Invalid
from shared.projections import Difference, Progress, ReadModel, Rebuilder, TableDrift
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


class _Rate(ProgressColumn):
    """Events a second, lately."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} events/s" if speed else "", style="progress.data.speed")


@contextmanager
def bar(*, quiet: bool) -> Iterator[Bar]:
    """A progress bar on stderr with rate and time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), disable=quiet, transient=True) as shown:
        yield shown


def watching(shown: Bar, name: str) -> Any:
    """Tells the bar how far the rebuild of ``name`` is."""
    task = shown.add_task(name, total=None)

    def watch(progress: Progress) -> None:
        shown.update(task, completed=progress.events, total=progress.total)

    return watch


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
