"""Whether a service can do its work, and why not: looked at every two seconds.

The page tells the last look, so that it answers at once even while the database hangs, and so
that strangers who ask often cost nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import structlog

from shared.errors import PermanenceError, Unavailable
from shared.eventstore import PARTITIONS, EventStore, Position
from shared.postgres import Connection, Pool, own_errors
from shared.seals import overdue_since
from shared.watch.meters import Meters

_log = structlog.get_logger("watch")

LOOK_SECONDS = 2.0
STALE_SECONDS = 15.0
DATABASE_SECONDS = 2.0

_SUBSCRIPTIONS = """
    SELECT source, state, parked_count, changed_at,
        (SELECT min(oldest_at) FROM source_lags AS lag WHERE lag.source = subscriptions.source)
    FROM subscriptions ORDER BY source
"""
_RELAY = "SELECT partition, position FROM relay_checkpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a service is not ready: a stable code, since when, and which source it concerns."""

    code: str
    since: datetime
    source: str | None = None

    def told(self) -> dict[str, str]:
        """As JSON values."""
        told = {"code": self.code, "since": self.since.isoformat(timespec="seconds")}
        return told if self.source is None else {**told, "source": self.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look found; ``subscriptions``: source → state and parked events, as last seen.

    ``warnings`` are for an admin: the service does its work all the same.
    """

    reasons: Sequence[Reason]
    subscriptions: dict[str, Any]
    warnings: Sequence[Reason] = ()


@dataclass(slots=True, kw_only=True)
class Readiness:
    """Looks at the database, the keyring's database, the broker, the relay and the subscriptions.

    ``ask_broker`` raises Unavailable when the broker does not answer. ``lag_seconds``: how old
    the oldest event that was not published or not handled may be.
    """

    pool: Pool
    keyring_pool: Pool
    store: EventStore
    meters: Meters
    ask_broker: Callable[[], None]
    lag_seconds: float
    _since: dict[str, datetime] = field(default_factory=dict)
    _look: Look | None = None
    _looked_at: float = field(default_factory=monotonic)
    _codes: frozenset[str] = frozenset()

    def run(self, stopped: threading.Event) -> None:
        """Look until ``stopped``."""
        while not stopped.is_set():
            self.look()
            stopped.wait(LOOK_SECONDS)

    def look(self) -> Look:
        """Look now, and keep what was found."""
        reasons: list[Reason] = []
        warnings = self._look.warnings if self._look else ()
        subscriptions = self._look.subscriptions if self._look else {}
        try:
            subscriptions, warnings = self._ask_database(reasons)
        except PermanenceError:
            reasons.append(self._noticed("database.unavailable"))
        self._probe(reasons, "keyring.unavailable", lambda: _answers(self.keyring_pool))
        self._probe(reasons, "broker.unreachable", self.ask_broker)
        failing = self.meters.publishing
        if failing.failing_since and failing.reason == "relay.blocked":
            reasons.append(Reason(code=failing.reason, since=failing.failing_since))
        self._look = Look(reasons=reasons, subscriptions=subscriptions, warnings=warnings)
        self._looked_at = monotonic()
        self._tell_changes(frozenset(reason.code for reason in reasons))
        return self._look

    def told(self, own_warnings: Iterable[Reason] = ()) -> tuple[dict[str, Any], int]:
        """The page: ``{"status", "reasons": [{"code", "since", "source"?}], "warnings",
        "subscriptions"}`` and 200 when there is no reason, 503 when there is."""
        age = monotonic() - self._looked_at
        now = datetime.now(UTC)
        if self._look is None:
            look = Look(reasons=[Reason(code="service.starting", since=now)], subscriptions={})
        elif age > STALE_SECONDS:
            since = datetime.fromtimestamp(now.timestamp() - age, UTC)
            stale = Reason(code="watch.stale", since=since)
            look = Look(reasons=[stale, *self._look.reasons], subscriptions={})
        else:
            look = self._look
        body = {
            "status": "unready" if look.reasons else "ready",
            "reasons": [reason.told() for reason in look.reasons],
            "warnings": [warning.told() for warning in (*look.warnings, *own_warnings)],
            "subscriptions": look.subscriptions,
        }
        return body, 503 if look.reasons else 200

    def _probe(self, reasons: list[Reason], code: str, ask: Callable[[], None]) -> None:
        try:
            ask()
        except Unavailable:
            reasons.append(self._noticed(code))
        else:
            self._since.pop(code, None)

    def _noticed(self, code: str) -> Reason:
        return Reason(code=code, since=self._since.setdefault(code, datetime.now(UTC)))

    def _ask_database(self, reasons: list[Reason]) -> tuple[dict[str, Any], list[Reason]]:
        with own_errors(), self.pool.connection(timeout=DATABASE_SECONDS) as connection:
            rows = connection.execute(_SUBSCRIPTIONS).fetchall()
            published = dict.fromkeys(range(PARTITIONS), Position(0))
            published.update(connection.execute(_RELAY).fetchall())
            behind = self.store.behind(published, connection)
            unsealed = overdue_since(connection)
            now = _now(connection)
        self._since.pop("database.unavailable", None)
        for source, state, _parked, changed_at, oldest_at in rows:
            if state != "running":
                reasons.append(
                    Reason(code=f"subscription.{state}", since=changed_at, source=source)
                )
            if oldest_at and (now - oldest_at).total_seconds() > self.lag_seconds:
                reasons.append(Reason(code="subscription.behind", since=oldest_at, source=source))
        unpublished = [lag.oldest_at for lag in behind.values() if lag.oldest_at]
        if unpublished and (now - min(unpublished)).total_seconds() > self.lag_seconds:
            reasons.append(Reason(code="relay.behind", since=min(unpublished)))
        warnings = [Reason(code="seal.overdue", since=unsealed)] if unsealed else []
        return {row[0]: {"state": row[1], "parked": row[2]} for row in rows}, warnings

    def _tell_changes(self, codes: frozenset[str]) -> None:
        if codes == self._codes:
            return
        level = _log.warning if codes else _log.info
        level("readiness_changed", status="unready" if codes else "ready", reason=sorted(codes))
        self._codes = codes


def _now(connection: Connection) -> datetime:
    [now] = connection.execute("SELECT clock_timestamp()").fetchone() or [datetime.now(UTC)]
    found: datetime = now
    return found


def _answers(pool: Pool) -> None:
    with own_errors(), pool.connection(timeout=DATABASE_SECONDS) as connection:
        connection.execute("SELECT")
