"""What lies in the spool of persons who are erased: found by the log, and deleted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.intake.adapters.mail_reader import arrival_id_of
from services.intake.adapters.spool import LONGEST_WRITING, Spool, is_own_name
from services.intake.domain.identity import stream_of
from shared.contracts.intake.events import ArrivalNoted, RequestReceived
from shared.postgres import Pool, connected

_REQUESTS = "SELECT DISTINCT request_id FROM originals WHERE person_id = ANY(%s)"
_ARRIVALS = """
SELECT data ->> 'arrival_id' FROM events
WHERE stream = ANY(%(streams)s) AND data ->> 'arrival_id' IS NOT NULL
"""
_TOLD = """
SELECT data ->> 'arrival_id' FROM events
WHERE type = ANY(%(types)s) AND data ->> 'arrival_id' = ANY(%(arrivals)s)
"""
_TYPES = [RequestReceived.__name__, ArrivalNoted.__name__]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """How many mails of ``folder`` no request tells of; ``until`` None: until somebody acts."""

    folder: str
    count: int
    until: datetime | None


class SpooledMail:
    """The mails of ``spool`` by the persons of their requests.

    Names that the spool made are never used twice. Of a file that an earlier release took in under
    the name it was dropped with, only the copy in ``cur/`` is deleted: elsewhere the name may be
    another one's.
    """

    def __init__(self, spool: Spool, pool: Pool) -> None:
        self._spool = spool
        self._pool = pool

    def forget(self, people: Collection[UUID]) -> int:
        """Delete what was taken in as a request of one of ``people``; how many there were.

        Raises OSError if one cannot be deleted.
        """
        theirs = self.theirs(people)
        for folder, name in theirs:
            self._spool.delete(folder, name)
        return len(theirs)

    def theirs(self, people: Collection[UUID]) -> list[tuple[str, str]]:
        """Folder and name of each mail that was taken in as a request of one of ``people``."""
        if not people:
            return []
        arrivals = self._arrivals(people)
        return [
            (folder, name)
            for folder, name in self._spool.everything()
            if arrival_id_of(name) in arrivals and (folder == "cur" or is_own_name(name))
        ]

    def unknown(self, people: Collection[UUID], *, keep_hours: int) -> list[Unknown]:
        """What lies there of nobody that the log tells, or perhaps of ``people``."""
        items = list(self._spool.everything())
        if not items:
            return []
        told = self._told([arrival_id_of(name) for _, name in items]) - self._arrivals(people)
        kept = timedelta(hours=keep_hours)
        goes_after = {"cur": kept, "tmp": max(kept, LONGEST_WRITING)}
        found: dict[str, list[str]] = {}
        for folder, name in items:
            if arrival_id_of(name) not in told:
                found.setdefault(folder, []).append(name)
        return [
            Unknown(
                folder=folder,
                count=len(names),
                until=self._spool.newest(folder, names) + goes_after[folder]
                if folder in goes_after
                else None,
            )
            for folder, names in found.items()
        ]

    def _arrivals(self, people: Collection[UUID]) -> set[str]:
        with connected(self._pool) as connection:
            requests = connection.execute(_REQUESTS, [list(people)]).fetchall()
            streams = [stream_of(request_id) for [request_id] in requests]
            return {row[0] for row in connection.execute(_ARRIVALS, {"streams": streams})}

    def _told(self, arrivals: list[str]) -> set[str]:
        with connected(self._pool) as connection:
            values = {"types": _TYPES, "arrivals": arrivals}
            return {row[0] for row in connection.execute(_TOLD, values)}


def forget_mail(
    spooled: SpooledMail | None, person: UUID, *, keep_hours: int, dry_run: bool = False
) -> dict[str, Any]:
    """Delete a person's mails, or only count them, and tell what else lies there, as JSON values:
    ``{"deleted", "unknown": [{"folder", "count", "until"}]}``; nothing where no mail is read."""
    if spooled is None:
        return {"deleted": 0, "unknown": []}
    deleted = len(spooled.theirs([person])) if dry_run else spooled.forget([person])
    unknown = [
        {
            "folder": one.folder,
            "count": one.count,
            "until": one.until.isoformat() if one.until else None,
        }
        for one in spooled.unknown([person], keep_hours=keep_hours)
    ]
    return {"deleted": deleted, "unknown": unknown}
