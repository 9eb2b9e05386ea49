"""Connections to PostgreSQL: pools that bound every wait, and errors that quote no row.

Works in plain threads and, after ``shared.green.patch()``, in green threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from shared.errors import PermanenceError, Unavailable
from shared.green import unpatched_select

Connection = psycopg.Connection[Any]
Pool = ConnectionPool[Connection]

set_json_loads(orjson.loads)  # the standard one first guesses the encoding: six times as long

# A session of one's own outside a pool: both ends notice within seconds that the other is gone.
WATCHED_HERE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
WATCHED_THERE = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; "
    "SET tcp_user_timeout = 10000; SET idle_session_timeout = 0"
)

# Not OperationalError in psycopg, yet gone at the next try: a demoted primary (read-only), a
# transaction that we left idle or that lasted too long, a connection that was already closed.
OUTLASTED = "25P04"
_PASSING = frozenset({"25006", "25P03", OUTLASTED})
_BOUNDS_TRANSACTIONS = 170_000
# A time-out that runs already is only changed by way of none.
_LAST_AT_MOST = """
    SELECT set_config('transaction_timeout', '0', true),
           set_config('transaction_timeout', %(milliseconds)s, true)
"""
_ALL_LAST_AT_MOST = "SELECT set_config('transaction_timeout', %(milliseconds)s, false)"


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or refuses for now. ``sqlstate`` is None without an answer."""

    code = "database.unavailable"

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(
            f"database: not available (sqlstate {sqlstate or 'none'}); retry in a moment"
        )
        self.sqlstate = sqlstate


class DatabaseFailed(PermanenceError):
    """The database refused a statement, and would again: a constraint, a right, a mistake of ours.

    The server's own text is left out, because it can quote a row.
    """

    code = "database.failed"

    def __init__(self, sqlstate: str | None, constraint: str | None) -> None:
        super().__init__(
            f"database: statement refused (sqlstate {sqlstate or 'none'}, "
            f"constraint {constraint or 'none'}); read the server's log"
        )
        self.sqlstate = sqlstate
        self.constraint = constraint


@contextmanager
def own_errors() -> Iterator[None]:
    """Raise our errors for psycopg's: ``DatabaseUnavailable`` to retry, else ``DatabaseFailed``."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error) from None


def translated(error: psycopg.Error) -> PermanenceError:
    """Our error for psycopg's, without any text of the server."""
    passing = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    if passing or error.sqlstate in _PASSING:
        return DatabaseUnavailable(error.sqlstate)
    return DatabaseFailed(error.sqlstate, error.diag.constraint_name)


def open_pool(
    dsn: str,
    *,
    schema: str,
    max_size: int = 8,
    wait_seconds: float = 10.0,
    lock_seconds: float = 10.0,
    idle_in_transaction_seconds: float = 30.0,
    transaction_seconds: float | None = None,
) -> Pool:
    """An open pool of autocommit connections that resolve names in ``schema``; to be closed.

    ``wait_seconds`` bounds the wait for a free connection, ``lock_seconds`` that for any lock,
    ``idle_in_transaction_seconds`` how long a writer that forgot its transaction holds its locks,
    ``transaction_seconds`` (None: nothing) how long whoever is frozen in one, in a pipeline too;
    see ``last_at_most``.
    Connections are opened as needed, so a database that is down shows at the first use, as
    ``DatabaseUnavailable``.
    """
    options = {
        "search_path": f"{schema},pg_temp",
        "timezone": "UTC",
        "lock_timeout": f"{round(lock_seconds * 1000)}",
        "idle_in_transaction_session_timeout": f"{round(idle_in_transaction_seconds * 1000)}",
        "default_transaction_isolation": r"read\ committed",
    }

    def bound(connection: Connection) -> None:
        if transaction_seconds is not None and _bounds_transactions(connection):
            connection.execute(_ALL_LAST_AT_MOST, _milliseconds(transaction_seconds))

    pool: Pool = ConnectionPool(
        dsn,
        kwargs={
            "autocommit": True,
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            "application_name": f"permanence-{schema}",
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        },
        min_size=0,
        max_size=max_size,
        timeout=wait_seconds,
        configure=bound,
        check=check_if_suspect,
        reconnect_timeout=5.0,
        open=False,
    )
    pool.open()
    return pool


class connected:  # noqa: N801 - reads as a function
    """A connection of the pool, outside any transaction; errors are ours.

    ``wait_seconds`` (None: the pool's own) bounds the wait for it. Not ``pool.connection()``, whose
    commit at the end has nothing to commit here; and a class, because each append goes through it
    and two nested generators cost it 3 µs.
    """

    __slots__ = ("_connection", "_pool", "_wait_seconds")

    def __init__(self, pool: Pool, *, wait_seconds: float | None = None) -> None:
        self._pool = pool
        self._wait_seconds = wait_seconds

    def __enter__(self) -> Connection:
        try:
            self._connection = self._pool.getconn(self._wait_seconds)
        except psycopg.Error as error:
            raise translated(error) from None
        return self._connection

    def __exit__(self, *exc: object) -> None:
        self._pool.putconn(self._connection)
        if isinstance(exc[1], psycopg.Error):
            raise translated(exc[1]) from None


@contextmanager
def transaction(pool: Pool) -> Iterator[Connection]:
    """A connection inside a transaction: committed at the end, rolled back by an exception."""
    with connected(pool) as connection, connection.transaction():
        yield connection


def last_at_most(connection: Connection, seconds: float | None) -> None:
    """Have the server end the transaction in hand, with its session, if it lasts longer; None for
    one that may last as long as it must, whatever its pool says.

    It holds for a client that is frozen in the middle of a pipeline too, where the time-out for
    idle transactions is not armed. PostgreSQL before 17 cannot; the transaction is unbounded then.
    """
    if _bounds_transactions(connection):
        connection.execute(_LAST_AT_MOST, _milliseconds(seconds or 0))


def _bounds_transactions(connection: Connection) -> bool:
    return connection.info.server_version >= _BOUNDS_TRANSACTIONS


def _milliseconds(seconds: float) -> dict[str, str]:
    return {"milliseconds": str(round(seconds * 1000))}


def check_if_suspect(connection: Connection) -> None:
    """Ask the server only if something arrived on the idle connection.

    An idle PostgreSQL connection is silent; what can be read on it is a farewell, so the full
    check, a round trip, is needed only then. Half-open ones are left to TCP's own time-outs.
    """
    if connection.closed:
        raise psycopg.OperationalError("closed")
    select = unpatched_select()  # a look, for which no other green thread need get its turn
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    if poller.poll(0):
        ConnectionPool.check_connection(connection)


__all__ = [
    "OUTLASTED",
    "Connection",
    "DatabaseFailed",
    "DatabaseUnavailable",
    "Pool",
    "PoolTimeout",
    "TooManyRequests",
    "check_if_suspect",
    "connected",
    "last_at_most",
    "open_pool",
    "own_errors",
    "transaction",
    "translated",
]
