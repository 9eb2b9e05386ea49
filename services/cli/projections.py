"""The read models that an admin's command works on, and how their progress is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from services.cli.acting import NotStarted, ever_started
from services.cli.bars import Begin, bars
from services.cli.choices import one_of
from services.cli.logs import open_logs
from services.host import catalog
from services.host.runner import SERVICES
from shared.projections import Difference, ReadModel, Rebuilder, TableDrift, Watch
from shared.settings import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A read model, and what rebuilds it."""

    service: str
    model: ReadModel
    rebuilder: Rebuilder

    @property
    def name(self) -> str:
        return f"{self.service}.{self.model.name}"


@contextmanager
def chosen(
    environment: Environment, projection: str | None, *, show_personal: bool = False
) -> Iterator[list[Chosen]]:
    """The read model ``service.name``; all of a service, or of all, if that part is left out.

    Raises Invalid for one that there is not, NotStarted for one of a service, or from sources,
    that never started; all of them are those of the services, and from the sources, that did.
    """
    there = ever_started(environment)
    if (service := (projection or "").partition(".")[0]) in {*SERVICES} - {*there}:
        raise NotStarted(f"projection: {service} never started on this system; start it once")
    with open_logs(environment) as opened:
        keyring = next((log.keyring for log in opened.values()), None)
        if keyring is None:
            raise NotStarted(
                f"data: of the services only {', '.join(there)} ever started here, which has no "
                "events of its own to read; start the others once"
            )
        known = [(one, model) for one in SERVICES for model in catalog.read_models(one, keyring)]
        if projection is not None:
            names = {f"{one}.{model.name}" for one, model in known}
            one_of(projection, {*names, *SERVICES}, "projection")
        found = [
            (one, model) for one, model in known if projection in (None, one, f"{one}.{model.name}")
        ]
        if projection is not None and not any(model.source in opened for _, model in found):
            sources = ", ".join(sorted({model.source for _, model in found}))
            raise NotStarted(
                f"projection: {projection} is built from the events of {sources}, which never "
                "started on this system; start it once"
            )
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
            if one in there and model.source in opened
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
