"""One service's log taken back to a moment, within the transaction that restores it.

What it recorded later goes; so do its commands, heads and seals. Its read models are to be rebuilt.
It reads its sources again from where it stood then, or from the first event of theirs that caused
one of those that go: what it recorded because of an earlier one is recognised by the command's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.host.backup import owner
from services.host.dump import triggers_off
from shared.errors import Invalid, Refused
from shared.eventstore import Connection, Position
from shared.settings import Environment

# Their state follows from their log and those of their sources alone, so that it can be taken back:
# the desk has no log, and what notifications sent cannot be called back.
REWINDABLE = ("intake", "routing", "followup")

_GONE = """
CREATE TEMP TABLE gone ON COMMIT DROP AS
SELECT e."position", e.stream, e.type, e.metadata ->> 'causation_id' AS cause
FROM events e JOIN (
    SELECT partition, min("position") AS first FROM events
    WHERE recorded_at > %(as_of)s GROUP BY partition
) AS cut ON e.partition = cut.partition AND e."position" >= cut.first
"""
_COUNTS = "SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM events)"
_BY_TYPE = "SELECT type, count(*) FROM gone GROUP BY type ORDER BY type"
# A command whose events are split: some before the moment, some after it.
_TORN = """
SELECT c.command FROM commands c CROSS JOIN unnest(c.positions) AS p ("position")
LEFT JOIN gone g USING ("position")
GROUP BY c.command HAVING count(g."position") NOT IN (0, count(*)) LIMIT 1
"""
_TAKE_BACK = (
    'DELETE FROM events e USING gone g WHERE e."position" = g."position"',
    """
    DELETE FROM commands c WHERE c.recorded_at > %(as_of)s AND c.positions = '{}'
        OR EXISTS (SELECT FROM unnest(c.positions) AS p ("position") JOIN gone USING ("position"))
    """,
    """
    DELETE FROM streams s WHERE s.stream IN (SELECT stream FROM gone)
        AND NOT EXISTS (SELECT FROM events e WHERE e.stream = s.stream)
    """,
    """
    UPDATE streams s SET version = last.version, "position" = last."position",
        digest = last.digest, recorded_at = last.recorded_at
    FROM (
        SELECT DISTINCT ON (stream) stream, version, "position", digest, recorded_at
        FROM events WHERE stream IN (SELECT stream FROM gone) ORDER BY stream, version DESC
    ) AS last
    WHERE s.stream = last.stream
    """,
    "DELETE FROM seals WHERE recorded_at > %(as_of)s",
    # What was published and stays need not be published again.
    """
    UPDATE relay_checkpoints r SET "position" = coalesce(last."position", 0),
        digest = coalesce(last.digest, '')
    FROM generate_series(0, 7) AS p (partition) LEFT JOIN (
        SELECT DISTINCT ON (partition) partition, "position", digest
        FROM events ORDER BY partition, "position" DESC
    ) AS last USING (partition)
    WHERE r.partition = p.partition AND r."position" > coalesce(last."position", 0)
    """,
    "DELETE FROM attempts",
    "DELETE FROM source_lags",
)
_CHECKPOINTS = (
    """SELECT source, partition, "position" FROM checkpoints ORDER BY source, partition"""
)
_CAUSES = """
SELECT split_part(cause, '/', 2)::bigint FROM gone WHERE split_part(cause, '/', 1) = %(source)s
"""
# In the source's log: its last event then, or the last before one that caused an event that goes.
_STOOD = """
SELECT life.incarnation, coalesce(stood."position", 0), coalesce(stood.digest, '')
FROM (SELECT incarnation FROM incarnations ORDER BY number DESC LIMIT 1) AS life
LEFT JOIN (
    SELECT "position", digest FROM events
    WHERE partition = %(partition)s AND recorded_at <= %(as_of)s AND NOT EXISTS (
        SELECT FROM events AS cause
        WHERE cause.partition = %(partition)s AND cause."position" <= events."position"
            AND cause."position" = ANY(%(causes)s))
    ORDER BY "position" DESC LIMIT 1
) AS stood ON true
"""
# Who read another life of that log finds out as before.
_GO_BACK = (
    """
    UPDATE checkpoints SET incarnation = coalesce(incarnation, %(life)s),
        "position" = %(position)s, digest = %(digest)s
    WHERE source = %(source)s AND partition = %(partition)s
    """,
    """
    DELETE FROM parked_events
    WHERE source = %(source)s AND partition = %(partition)s AND "position" > %(position)s
    """,
    """
    UPDATE subscriptions
    SET parked_count = (SELECT count(*) FROM parked_events WHERE source = %(source)s)
    WHERE source = %(source)s
    """,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewound:
    """What a service was taken back by; ``gone``: type → events that went; ``reads_from``: source →
    partition → position."""

    events_gone: int
    gone: Mapping[str, int]
    events_kept: int
    reads_from: Mapping[str, Mapping[int, Position]]


def refuse_unfit(service: str, as_of: datetime, made_at: datetime) -> None:
    """Refuse what cannot be taken back to that moment from that backup; raises our errors."""
    if service not in REWINDABLE:
        raise Refused(
            f"--service: {service} cannot be taken back to a moment, only {', '.join(REWINDABLE)}: "
            "the desk keeps no log (`permanence rebuild desk`), and mails that notifications sent "
            "cannot be called back"
        )
    if as_of > made_at:
        made = made_at.isoformat(timespec="seconds")
        raise Invalid(
            f"--as-of: the backup was made at {made}, before that; make one now and restore from it"
        )


def rewind(connection: Connection, env: Environment, service: str, as_of: datetime) -> Rewound:
    """Take the restored log back to ``as_of``, in ``connection``'s transaction, as its owner.

    Raises Invalid if nothing was recorded by then, Refused if the moment falls within a command.
    """
    connection.execute(_GONE, {"as_of": as_of})
    gone, before = connection.execute(_COUNTS).fetchone() or (0, 0)
    if gone == before:
        raise Invalid(f"--as-of: {service} had recorded nothing by then; give a later moment")
    if connection.execute(_TORN).fetchone():
        raise Refused(
            "--as-of: falls between the events of one command, which stand or go together; "
            "give a moment a second earlier or later"
        )
    by_type = dict(connection.execute(_BY_TYPE))
    with triggers_off(connection, service):
        for statement in _TAKE_BACK:
            connection.execute(statement, {"as_of": as_of})
        reads_from = _read_again(connection, env, as_of)
    return Rewound(events_gone=gone, gone=by_type, events_kept=before - gone, reads_from=reads_from)


def _read_again(
    connection: Connection, env: Environment, as_of: datetime
) -> dict[str, dict[int, Position]]:
    reads_from: dict[str, dict[int, Position]] = {}
    for source, partition, handled in connection.execute(_CHECKPOINTS).fetchall():
        causes = [row[0] for row in connection.execute(_CAUSES, {"source": source})]
        values: dict[str, Any] = {"as_of": as_of, "partition": partition, "causes": causes}
        with owner(env, source) as log:
            life, stood, digest = log.execute(_STOOD, values).fetchone() or (None, 0, b"")
        if stood < handled:
            at = {"source": source, "partition": partition, "position": stood}
            for statement in _GO_BACK:
                connection.execute(statement, {**at, "life": life, "digest": digest})
        reads_from.setdefault(source, {})[partition] = Position(min(stood, handled))
    return reads_from
