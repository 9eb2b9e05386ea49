"""``permanence stats``: how much there is, and who is behind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from psycopg.rows import dict_row

from services.cli.acting import database, started_services
from services.cli.integrity import missing_seal
from services.cli.logs import OnlyService, logs
from services.cli.sealing import overdue
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, System, system
from services.host.embedded import DEFAULT_FOLDER
from shared.errors import Unavailable
from shared.eventstore import EventStore
from shared.postgres import Connection, own_errors

_SIZES = """
SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM streams) AS streams,
       pg_total_relation_size('events') AS log_bytes,
       (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r') AS all_bytes,
       (SELECT min(recorded_at) FROM events) AS first_at,
       (SELECT max(recorded_at) FROM events) AS last_at,
       (SELECT max(recorded_at) FROM seals) AS sealed_at,
       (SELECT count(*) FROM events e LEFT JOIN relay_checkpoints r USING (partition)
        WHERE e."position" > coalesce(r."position", 0)) AS unpublished
"""
_BY_TYPE = """
SELECT type, count(*) AS events, min(recorded_at) AS first_at, max(recorded_at) AS last_at
FROM events GROUP BY type ORDER BY count(*) DESC, type
"""
_BY_DAY = """
SELECT (recorded_at AT TIME ZONE 'Europe/Paris')::date AS day, count(*) AS events
FROM events
WHERE recorded_at > now() - make_interval(days => %(days)s)
GROUP BY 1 ORDER BY 1
"""
_CONSUMED = """
SELECT s.source, s.state, s.parked_count, s.refused_count, s.last_seen_at,
       jsonb_object_agg(c.partition, c."position")
           FILTER (WHERE c.partition IS NOT NULL) AS reached,
       (SELECT min(parked_at) FROM parked_events p WHERE p.source = s.source) AS parked_since
FROM subscriptions s LEFT JOIN checkpoints c USING (source)
GROUP BY s.source ORDER BY s.source
"""
_UNHANDLED = """
SELECT count(*), min(e.recorded_at), extract(epoch FROM clock_timestamp() - min(e.recorded_at))
FROM events e JOIN jsonb_each_text(%(reached)s) AS r (partition, reached)
     ON e.partition = r.partition::int AND e."position" > r.reached::bigint
"""
# Left out of the tables, which must fit a terminal.
_ONLY_IN_JSON = frozenset({"all_bytes", "first_at", "last_seen_at", "parked_since", "refused"})


def stats(
    service: OnlyService = None,
    days: Annotated[int, typer.Option(min=1, help="Of so many days back, the events by day.")] = 14,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Show events by service, type and day, sizes, seals, and how far each consumer is behind.

    E-mails that a person must read on the disk are a warning. With --json one object: services,
    types, days, consumers, failed_mail (how many of these; null if intake does not answer).
    """
    with system(embedded=embedded, data=data) as there, logs(there) as opened:
        wanted = {n: store for n, store in opened.items() if service in (None, n)}
        found = {
            "services": [row for n in wanted for row in _asked(there, n, _SIZES)],
            "types": [row for n in wanted for row in _asked(there, n, _BY_TYPE)],
            "days": [row for n in wanted for row in _asked(there, n, _BY_DAY, days=days)],
            "consumers": [
                row
                for consumer in started_services(there)
                for row in consumers(there, consumer, opened)
                if service in (None, consumer, row["source"])
            ],
        }
        late = overdue(wanted)
        failed_mail = _failed_mail(there) if service in (None, "intake") else None
    if as_json:
        typer.echo(json.dumps({**found, "failed_mail": failed_mail}))
        return
    for title, rows in found.items():
        shown = [{name: row[name] for name in row if name not in _ONLY_IN_JSON} for row in rows]
        show_rows(shown, as_json, title)
    for name, since in late.items():
        typer.echo(f"warning: {missing_seal(name, since)}", err=True)
    if failed_mail:
        typer.echo(
            f"warning: intake: {failed_mail} e-mails lie in failed/ of the spool; read them there, "
            "record what no request tells, then take them away",
            err=True,
        )


def _failed_mail(there: System) -> int | None:
    """Asked of intake, which alone sees the spool."""
    try:
        return len(there.call("intake", "failed_mail"))
    except Unavailable:
        return None


def consumers(
    there: System, consumer: str, opened: Mapping[str, EventStore]
) -> Iterator[dict[str, Any]]:
    """How far ``consumer`` is behind each of its sources, in events and in seconds."""
    with database(there, consumer) as connection:
        for row in _rows(connection, _CONSUMED):
            store = opened.get(row["source"])
            behind, oldest_at, seconds = (
                _unhandled(store, row["reached"]) if store else (0, None, 0)
            )
            yield {
                "consumer": consumer,
                "source": row["source"],
                "state": row["state"],
                "behind_events": behind,
                "behind_seconds": round(float(seconds or 0), 3),
                "oldest_unhandled_at": plain(oldest_at),
                "parked": row["parked_count"],
                "parked_since": plain(row["parked_since"]),
                "refused": row["refused_count"],
                "last_seen_at": plain(row["last_seen_at"]),
            }


def _unhandled(store: EventStore, reached: Mapping[str, int] | None) -> tuple[Any, ...]:
    everywhere = {str(partition): 0 for partition in range(8)} | dict(reached or {})
    with store.transaction() as connection:
        row = connection.execute(_UNHANDLED, {"reached": json.dumps(everywhere)}).fetchone()
    return tuple(row or (0, None, 0))


def _asked(there: System, service: str, query: str, **values: Any) -> Iterator[dict[str, Any]]:
    with database(there, service) as connection:
        for row in _rows(connection, query, **values):
            yield {"service": service, **{name: plain(value) for name, value in row.items()}}


def _rows(connection: Connection, query: str, **values: Any) -> list[dict[str, Any]]:
    with own_errors():
        cursor = connection.cursor(row_factory=dict_row)
        return cursor.execute(query, values).fetchall()
