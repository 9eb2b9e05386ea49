"""Builds a read model anew beside the live one, and puts it in its place in one transaction.

The copy lies in a schema of its own (``<service>__rebuild``) and is found through the search path,
so the very same code fills it. How far it is, is kept: a rebuild that was interrupted goes on. The
tables that were replaced stay in ``<service>__previous``, the way back.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from shared.contracts.codec import Codec
from shared.eventstore import Connection, EventStore, migrate
from shared.failpoints import failpoint
from shared.postgres import own_errors
from shared.projections._code import code_of
from shared.projections._compare import Difference, TableDrift, count_rows, differences
from shared.projections._copy import Copy, Watch
from shared.projections._errors import Differs, NothingKept, OtherCode, RebuildRunning, TablesBusy
from shared.projections._model import ReadModel
from shared.projections._record import Books
from shared.projections._tables import Tables, find_first

MIGRATIONS: Final = Path(__file__).parent / "migrations"

Found = Callable[[Difference], None]
"""Told of every difference, table by table."""

_SAMPLES = 5
_TRIES = 40
# Shorter than PostgreSQL's deadlock time-out of a second: we give way before a service must.
_BE_SHORT = "SET LOCAL lock_timeout = '300ms'"
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# A copy that a crash of the server takes back says so itself: its progress goes with it.
_NO_HURRY = "SET synchronous_commit = off"


@dataclass(frozen=True, slots=True)
class _Work:
    """What a rebuild works with, once it holds the model's claim."""

    connection: Connection
    tables: Tables
    books: Books
    run: int


class Rebuilder:
    """Rebuilds one read model of one service.

    ``owner_dsn`` belongs to the role that owns the service's schema; ``source`` and ``codec`` are
    the log that the model reads and its codec, which need not be the service's own.
    """

    def __init__(
        self,
        *,
        service: str,
        owner_dsn: str,
        model: ReadModel,
        source: EventStore,
        codec: Codec,
    ) -> None:
        self._service = service
        self._owner_dsn = owner_dsn
        self._model = model
        self._source = source
        self._codec = codec
        self._previous = f"{service}__previous"

    def rebuild(
        self,
        watch: Watch | None = None,
        *,
        by: str,
        why: str,
        accept_differences: bool = False,
        found: Found | None = None,
    ) -> list[TableDrift]:
        """Build, compare, swap. Returns how the live tables differed, a table each.

        ``found`` is told of every difference before the swap, which then needs
        ``accept_differences``, else Differs is raised and the copy waits. Raises RebuildRunning
        if the same model is being rebuilt, TablesBusy if no moment for the swap is found,
        OtherCode if a copy waits that other code began.
        Interrupted, it leaves the live model alone, and the next call goes on where it stopped.
        """
        place = f"{self._service}__rebuild"
        with self._working("rebuild", by, why) as work:
            copy = self._begun(work, place)
            copy.fill(watch)
            failpoint("rebuild.filled")
            with work.connection.transaction():
                work.tables.finish(place)
            failpoint("rebuild.finished")
            drifts = self._compare(work, copy, place, found)
            differing = sum(drift.differing for drift in drifts)
            if differing and not accept_differences:
                raise Differs(self._service, self._model.name, differing)
            failpoint("rebuild.compared")
            self._swap(work, copy, place, drifts)
        return drifts

    def drift(
        self,
        watch: Watch | None = None,
        *,
        by: str,
        why: str,
        found: Found | None = None,
    ) -> list[TableDrift]:
        """Build in the dark, compare with the live model, and throw the copy away."""
        place = f"{self._service}__drift"
        with self._working("drift", by, why) as work:
            self._drop(work, place)
            try:
                copy = self._begun(work, place)
                copy.fill(watch)
                drifts = self._compare(work, copy, place, found)
            finally:
                self._drop(work, place)
            work.books.end(work.run, "compared", _counts(drifts))
        return drifts

    def back(
        self,
        watch: Watch | None = None,
        *,
        by: str,
        why: str,
        found: Found | None = None,
    ) -> list[TableDrift]:
        """Bring back the tables that the last swap replaced, level with the live ones first.

        Those are kept in turn: twice back is where it began. Returns how the tables that go
        differ from those that come. Raises NothingKept, or DoesNotFit if a migration changed them.
        """
        with self._working("back", by, why) as work:
            if not work.tables.there(self._previous):
                raise NothingKept(self._service, self._model.name)
            work.tables.refuse_other_shape(self._previous)
            copy = self._copy(work, self._previous)
            copy.fill(watch)
            drifts = self._compare(work, copy, self._previous, found)
            self._swap(work, copy, self._previous, drifts)
        return drifts

    def cancel(self, *, by: str, why: str) -> bool:
        """Drop what an interrupted rebuild or comparison left; False if there was nothing."""
        places = (f"{self._service}__rebuild", f"{self._service}__drift")
        with self._working("cancel", by, why) as work:
            begun = any(work.books.done(place) or self._some(work, place) for place in places)
            for place in places:
                self._drop(work, place)
            work.books.end(work.run, "dropped" if begun else "nothing to drop", {})
        return begun

    def drop_previous(self, *, by: str, why: str) -> bool:
        """Drop the tables kept for a way back; False if none are. They may name the erased."""
        with self._working("drop previous", by, why) as work:
            kept = self._some(work, self._previous)
            self._drop(work, self._previous)
            work.books.end(work.run, "dropped" if kept else "nothing to drop", {})
        return kept

    @contextmanager
    def _working(self, action: str, by: str, why: str) -> Iterator[_Work]:
        """Hold the claim on the model, and record what is done, from before until after."""
        migrate(self._owner_dsn, self._service, [MIGRATIONS])
        with (
            own_errors(),
            psycopg.connect(self._owner_dsn, autocommit=True) as connection,
        ):
            self._claim(connection)
            connection.execute(_NO_HURRY)
            connection.execute("SET TIME ZONE 'UTC'")
            find_first(connection, self._service)
            books = Books(connection, self._service, self._model.name)
            work = _Work(
                connection=connection,
                tables=Tables(connection, self._service, self._model.tables),
                books=books,
                run=books.begin(action, by, why),
            )
            try:
                yield work
            except BaseException as error:  # Ctrl-C too
                if not connection.closed:
                    code = getattr(error, "code", type(error).__name__)
                    books.end(work.run, "failed", {"error": code})
                raise

    def _claim(self, connection: Connection) -> None:
        name = f"rebuild {self._service}.{self._model.name}"
        [taken] = connection.execute(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name]
        ).fetchone() or [False]
        if not taken:
            raise RebuildRunning(self._service, self._model.name)

    def _begun(self, work: _Work, place: str) -> Copy:
        """The copy in ``place``: the one that was begun with this code, or a new one."""
        code = code_of(self._model)
        if not work.tables.there(place):
            with work.connection.transaction():
                self._drop(work, place)
                work.tables.ensure_schema(place)
                work.tables.make(place, lookups=self._model.lookups)
                work.books.begun_with(place, code)
            failpoint("rebuild.made")
        elif work.books.code(place) != code:
            raise OtherCode(self._service, self._model.name)
        work.tables.refuse_other_shape(place)
        return self._copy(work, place)

    def _copy(self, work: _Work, place: str) -> Copy:
        find_first(work.connection, place, self._service)
        return Copy(
            connection=work.connection,
            service=self._service,
            place=place,
            model=self._model,
            source=self._source,
            codec=self._codec,
            books=work.books,
        )

    def _compare(
        self, work: _Work, copy: Copy, place: str, found: Found | None
    ) -> list[TableDrift]:
        """Bring the copy level, and look at both in one snapshot, while the live one goes on."""
        with ExitStack() as snapshot:
            with psycopg.connect(self._owner_dsn) as holder, holder.transaction():
                find_first(holder, self._service)
                until = copy.fence(holder)
                with work.connection.transaction():
                    copy.catch_up(until)
                snapshot.enter_context(work.connection.transaction())
                work.connection.execute(_SNAPSHOT)
                work.connection.execute("SELECT 1")
            return [
                self._drift(work.connection, table, place, found) for table in self._model.tables
            ]

    def _drift(
        self, connection: Connection, table: str, place: str, found: Found | None
    ) -> TableDrift:
        live, built = sql.Identifier(self._service, table), sql.Identifier(place, table)
        kinds = {"only live": 0, "only rebuilt": 0, "differs": 0}
        samples: list[Difference] = []
        for difference in differences(connection, table, live, built, self._model.personal):
            kinds[difference.kind] += 1
            if len(samples) < _SAMPLES:
                samples.append(difference)
            if found is not None:
                found(difference)
        return TableDrift(
            table=table,
            rows=count_rows(connection, live),
            only_live=kinds["only live"],
            only_rebuilt=kinds["only rebuilt"],
            changed=kinds["differs"],
            samples=tuple(samples),
        )

    def _swap(self, work: _Work, copy: Copy, place: str, drifts: Sequence[TableDrift]) -> None:
        """One transaction: hold the live model still, catch up, exchange. Gives way to services."""
        for _ in range(_TRIES):
            copy.fill()
            try:
                with work.connection.transaction():
                    work.connection.execute(_BE_SHORT)
                    work.connection.execute("SET LOCAL synchronous_commit = on")
                    until = copy.fence(work.connection)
                    copy.catch_up(until)
                    work.tables.lock()
                    work.tables.exchange(place, self._previous)
                    copy.hand_over(self._previous, until)
                    work.books.end(work.run, "swapped", _counts(drifts))
                    failpoint("rebuild.before_swap")
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                copy.reload()
                time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - spreads tries
            else:
                failpoint("rebuild.swapped")
                return
        raise TablesBusy(self._service, self._model.name)

    def _some(self, work: _Work, place: str) -> bool:
        return work.tables.count(place) > 0

    def _drop(self, work: _Work, place: str) -> None:
        with work.connection.transaction():
            work.tables.drop(place)
            work.books.forget(place)


def _counts(drifts: Sequence[TableDrift]) -> dict[str, Any]:
    return {
        drift.table: {
            "rows": drift.rows,
            "only_live": drift.only_live,
            "only_rebuilt": drift.only_rebuilt,
            "changed": drift.changed,
        }
        for drift in drifts
    }
