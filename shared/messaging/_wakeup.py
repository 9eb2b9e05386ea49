"""Telling the relay that there is something new: after the commit, never inside it.

A NOTIFY inside the append's transaction would take one lock for the whole server until the commit
is done, so it is sent from a session of its own, many appends at once. The relay also looks by
itself at intervals: a lost wake-up costs a delay, never an event.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import psycopg
import structlog
from psycopg import sql

from shared.postgres import WATCHED_HERE, WATCHED_THERE

_log = structlog.get_logger("messaging.wakeup")
_COALESCE_SECONDS = 0.005


def channel_of(schema: str) -> str:
    """The NOTIFY channel of a service's log."""
    return f"permanence_{schema}"


class Wakeup:
    """Wakes the relay of ``schema``: directly if it works in this process, else by NOTIFY."""

    def __init__(self, dsn: str, schema: str) -> None:
        self._dsn = dsn
        self._statement = sql.SQL("NOTIFY {}").format(sql.Identifier(channel_of(schema)))
        self._here: list[Callable[[], None]] = []
        self._wanted = threading.Event()
        self._closing = False
        self._notifier: threading.Thread | None = None

    def attach(self, wake: Callable[[], None]) -> None:
        """``wake`` belongs to a relay of this process that leads."""
        self._here.append(wake)

    def detach(self, wake: Callable[[], None]) -> None:
        """That relay leads no longer."""
        with contextlib.suppress(ValueError):
            self._here.remove(wake)

    def appended(self) -> None:
        """Something was committed; returns at once and never raises."""
        if self._here:
            for wake in list(self._here):
                wake()
            return
        self._wanted.set()
        if self._notifier is None:
            self._notifier = threading.Thread(target=self._notify, daemon=True)
            self._notifier.start()

    def close(self) -> None:
        """Send what is outstanding and end."""
        self._closing = True
        self._wanted.set()
        if self._notifier is not None:
            self._notifier.join(timeout=5)

    def _notify(self) -> None:
        session: psycopg.Connection | None = None
        pause = threading.Event()
        while True:
            closing = self._closing
            if self._wanted.wait(timeout=60) and not (closing and session is None):
                self._wanted.clear()
                session = self._send(session)
            if closing:
                break
            pause.wait(_COALESCE_SECONDS)
        if session is not None:
            session.close()

    def _send(self, session: psycopg.Connection | None) -> psycopg.Connection | None:
        try:
            if session is None:
                session = psycopg.connect(self._dsn, autocommit=True, **WATCHED_HERE)
            session.execute(self._statement)
        except psycopg.Error as error:
            # The relay's own look at intervals makes up for it.
            _log.warning("wakeup_not_sent", sqlstate=error.sqlstate)
            if session is not None:
                session.close()
            return None
        return session


def listen(
    dsn: str, schema: str, heard: Callable[[], None], stopped: Callable[[], bool], *, step: float
) -> None:
    """Call ``heard`` at each wake-up until ``stopped`` or until the session is lost.

    ``step`` is in seconds: how often ``stopped`` is asked. Raises psycopg.Error.
    """
    with psycopg.connect(dsn, autocommit=True, **WATCHED_HERE) as session:
        session.execute(WATCHED_THERE)
        session.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel_of(schema))))
        heard()  # whatever was committed before the LISTEN
        while not stopped():
            for _ in session.notifies(timeout=step, stop_after=1):
                heard()
