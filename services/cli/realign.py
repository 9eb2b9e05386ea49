"""``permanence realign``: a consumer follows a source whose log went back in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import typer

from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.choices import one_of
from services.cli.held import opened
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host import catalog
from services.host.embedded import DEFAULT_FOLDER
from services.host.runner import SERVICES
from shared.errors import Invalid, Unavailable
from shared.eventstore import Connection, Position, refuse_unfinished
from shared.messaging import START, Place, admin

_CHECKPOINTS = """
SELECT partition, "position", digest, incarnation FROM checkpoints
WHERE source = %s ORDER BY partition
"""
_LIFE = "SELECT incarnation, drawn_at, number FROM incarnations ORDER BY number DESC LIMIT 1"
_THERE = """SELECT digest FROM events WHERE partition = %s AND "position" = %s"""
# What both lives of the log have in common ends where this one was drawn, if there were two.
_COMMON = """
SELECT "position", digest FROM events
WHERE partition = %s AND "position" <= %s AND recorded_at < coalesce(%s::timestamptz, 'infinity')
ORDER BY "position" DESC LIMIT 1
"""
_HEAD = """SELECT coalesce(max("position"), 0) FROM events WHERE partition = %s"""
# What the consumer appended because of the source's events, in the log's former life.
_CAUSED = """
SELECT split_part(metadata ->> 'causation_id', '/', 2)::bigint, stream, version, type, recorded_at
FROM events
WHERE split_part(metadata ->> 'causation_id', '/', 1) = %(source)s AND recorded_at < %(drawn_at)s
ORDER BY "position"
"""
_STILL_THERE = """
SELECT "position" FROM events WHERE "position" = ANY(%(positions)s) AND recorded_at < %(drawn_at)s
"""


class Life(NamedTuple):
    """A life of the log; ``number`` counts them from 1."""

    incarnation: UUID
    drawn_at: datetime
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A partition: how far the consumer was, the log's end, where it will read on.

    ``astray``: the checkpoint is to be set right, be it only that it names another life, or none
    in a log of which events of an earlier one may still wait in the consumer's queue.
    """

    partition: int
    handled: int
    head: int
    read_on_from: Place
    lost: bool
    astray: bool


def realign(
    consumer: Annotated[str, typer.Argument(help="The service that stopped.")],
    source: Annotated[str, typer.Argument(help="The service whose log was restored.")],
    by: By = "",
    why: Why = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference only.")] = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Let a consumer read on in a restored log, from the last event that both know.

    Where ``lost`` is true, the consumer handled events that the log no longer has: rebuild its
    read models afterwards. Shown beside it: what it recorded because of such events, and those of
    them that were parked, which go. A checkpoint that stands right stays, so that running it again
    does no harm.
    """
    if not dry_run:
        by, why = signed(by, why)
    one_of(consumer, SERVICES, "consumer")
    one_of(source, catalog.names(), "source")
    with system(embedded=embedded, data=data, names=()) as there:
        env = there.environment
        with opened(env, consumer) as theirs, opened(env, source) as log:
            refuse_unfinished(theirs, consumer)
            refuse_unfinished(log, source)
            steps = _steps(theirs, log, source)
            parked = _parked_beyond(theirs, source, steps)
            orphans = _orphans(theirs, log, source)
            if not dry_run:
                details = {"consumer": consumer, "source": source}
                with recorded(env, Action.REALIGN, by=by, why=why, details=details) as result:
                    with theirs.transaction():  # a consumer that runs has moved on meanwhile
                        admin.hold(theirs, source)
                        steps = _steps(theirs, log, source)
                        parked = _parked_beyond(theirs, source, steps)
                        places = _set_right(theirs, log, source, steps, by=by, why=why)
                    result["positions"] = {str(k): int(at.position) for k, at in places.items()}
                    result["consequences_without_cause"] = len(orphans)
                    result["parked_gone"] = len(parked)
    rows = [
        {
            "partition": step.partition,
            "handled": step.handled,
            "head": step.head,
            "read_on_from": step.read_on_from.position,
            "lost": step.lost,
        }
        for step in steps
    ]
    show_rows(rows, as_json, f"realign {consumer} with {source}")
    if orphans or not as_json:
        show_rows(orphans, as_json, "recorded because of events that are gone")
    if parked:
        show_rows(parked, as_json, "parked events that are gone")


def _steps(theirs: Connection, log: Connection, source: str) -> list[Step]:
    rows = theirs.execute(_CHECKPOINTS, [source]).fetchall()
    if not rows:
        raise Invalid(f"source: nothing was read from {source} yet, so nothing has to be set right")
    life = _life(log)
    return [_step(log, life, *row) for row in rows]


def _step(
    log: Connection,
    life: Life,
    partition: int,
    position: Position,
    digest: bytes,
    incarnation: UUID | None,
) -> Step:
    there = log.execute(_THERE, [partition, position]).fetchone()
    [head] = log.execute(_HEAD, [partition]).fetchone() or [0]
    in_only_life = incarnation is None and life.number == 1
    known = there is not None and (incarnation is None or there[0] == digest)
    lost = position > 0 and not known
    place = START if there is None else Place(position, there[0])
    if lost:
        drawn_at = None if in_only_life else life.drawn_at
        common = log.execute(_COMMON, [partition, position, drawn_at]).fetchone()
        place = START if common is None else Place(*common)
    return Step(
        partition=partition,
        handled=position,
        head=head,
        read_on_from=place,
        lost=lost,
        astray=lost or not (in_only_life or incarnation == life.incarnation),
    )


def _life(log: Connection) -> Life:
    row = log.execute(_LIFE).fetchone()
    if row is None:
        raise Unavailable("incarnations: the log has none; start its service, then try again")
    return Life(*row)


def _parked_beyond(theirs: Connection, source: str, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The parked events that the log no longer has."""
    ends = {step.partition: step.read_on_from.position for step in steps if step.lost}
    return [
        {
            "parked": f"{source}/{one.position}",
            "stream": one.stream,
            "version": one.version,
            "type": one.type,
            "parked_at": plain(one.parked_at),
        }
        for one in admin.parked(theirs, source=source)
        if one.partition in ends and one.position > ends[one.partition]
    ]


def _set_right(
    theirs: Connection, log: Connection, source: str, steps: Sequence[Step], *, by: str, why: str
) -> dict[int, Place]:
    """Where the consumer reads on from, in the partitions in which it stood wrong."""
    places = {one.partition: one.read_on_from for one in steps if one.astray}
    lost = [one.partition for one in steps if one.lost]
    stopped = any(
        one.source == source and one.state == "stopped" for one in admin.subscriptions(theirs)
    )
    if places or stopped:
        life = _life(log).incarnation
        admin.reset_checkpoint(theirs, source, places, incarnation=life, by=by, why=why, lost=lost)
    return places


def _orphans(theirs: Connection, log: Connection, source: str) -> list[dict[str, Any]]:
    """What the consumer appended, before the log's present life, because of events now gone."""
    values: dict[str, Any] = {"source": source, "drawn_at": _life(log).drawn_at}
    caused = theirs.execute(_CAUSED, values).fetchall()
    positions = sorted({row[0] for row in caused})
    found = log.execute(_STILL_THERE, {**values, "positions": positions}).fetchall()
    there_still = {row[0] for row in found}
    return [
        {
            "caused_by": f"{source}/{position}",
            "stream": stream,
            "version": version,
            "type": event_type,
            "recorded_at": plain(recorded_at),
        }
        for position, stream, version, event_type, recorded_at in caused
        if position not in there_still
    ]
