"""What the register knows already, asked by fingerprints and verified on the decrypted findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.intake.domain.identity import stream_of
from services.intake.domain.marks import (
    MESSAGE_ID,
    NAME,
    NUMBER,
    TEXT,
    name_marks,
    number_mark,
    text_marks,
)
from services.intake.domain.normalise.known import KnownList
from services.intake.domain.normalise.model import KnownRequest
from services.intake.domain.request import PEOPLE_IN, Request, evolve
from shared.contracts.intake.events import RequestPeople
from shared.contracts.vocabulary import Channel, Urgency
from shared.eventstore import Streams
from shared.postgres import Pool, connected

_MOST = 20  # a name that more than so many bear tells nothing; the latest count
_RECENT_DAYS = 21
_TELLING = [one.__name__ for one in PEOPLE_IN]
_URGENCIES = {one.value: one for one in Urgency}

_BY_MARKS = """
SELECT r.request_id, r.alias, r.state, r.unit, r.received_on, r.answer_due_on, r.urgency,
       r.establishment, array_agg(m.mark) AS marks
FROM request_marks m JOIN requests r USING (request_id)
WHERE m.register = %(register)s AND m.kind = %(kind)s AND m.mark = ANY(%(marks)s)
GROUP BY r.request_id
ORDER BY r.received_at DESC NULLS LAST, r.request_id
LIMIT %(most)s
"""

# Same place, lately, and neither number nor name nor text known: no likeness can be ruled out.
_UNREAD_THERE = """
SELECT r.request_id, r.alias, r.state, r.unit, r.received_on, r.answer_due_on, r.urgency,
       r.establishment, '{}'::bytea[] AS marks
FROM requests r
WHERE r.register = %(register)s
  AND r.received_on BETWEEN %(since)s AND %(until)s
  AND r.state NOT IN ('closed', 'duplicate')
  AND (r.establishment = %(establishment)s OR r.unit = %(unit)s)
  AND NOT EXISTS (
      SELECT FROM request_marks m
      WHERE m.request_id = r.request_id AND m.kind IN ('number', 'name', 'text')
  )
ORDER BY r.received_at DESC NULLS LAST, r.request_id
LIMIT %(most)s
"""


class KnownInRegister:
    """``KnownRequests`` of one register, over intake's own tables and log.

    Made for one item: of each request, the people are read once and kept.
    """

    def __init__(
        self, pool: Pool, streams: Streams, fingerprint: Callable[[str], bytes], register: str
    ) -> None:
        self._pool = pool
        self._streams = streams
        self._fingerprint = fingerprint
        self._register = register
        self._people: dict[UUID, RequestPeople | None] = {}

    def by_message_ids(self, message_ids: Iterable[str]) -> Sequence[KnownRequest]:
        """See ``KnownRequests``."""
        asked = {
            self._fingerprint(f"{Channel.EMAIL.value}:{one.strip()}"): one for one in message_ids
        }
        found = []
        for row in self._marked(MESSAGE_ID, list(asked)):
            ids = frozenset(asked[bytes(mark)] for mark in row["marks"])
            found.append(_known(row, None, ids))
        return found

    def by_number(self, number: str) -> Sequence[KnownRequest]:
        """See ``KnownRequests``."""
        mark = number_mark(number)
        return self._read(NUMBER, [mark]) if mark else []

    def by_name(self, family: str, given: str | None) -> Sequence[KnownRequest]:
        """See ``KnownRequests``."""
        candidates = self._read(NAME, sorted(name_marks(family)))
        return KnownList(candidates).by_name(family, given)

    def recent_like(
        self, received_on: date, establishment: str | None, text_key: tuple[int, ...]
    ) -> Sequence[KnownRequest]:
        """See ``KnownRequests``."""
        marks = text_marks(text_key)
        candidates = {one.request_id: one for one in (self._read(TEXT, marks) if marks else [])}
        if establishment is not None:
            parameters = {
                "register": self._register,
                "since": received_on - timedelta(days=_RECENT_DAYS),
                "until": received_on,
                "establishment": establishment,
                "unit": f"team:{establishment}",
                "most": _MOST,
            }
            for row in self._rows(_UNREAD_THERE, parameters):
                candidates.setdefault(row["request_id"], _known(row, None, frozenset()))
        likely = KnownList(candidates.values())
        return likely.recent_like(received_on, establishment, text_key)

    def _read(self, kind: str, marks: list[str]) -> list[KnownRequest]:
        rows = self._marked(kind, [self._fingerprint(mark) for mark in marks])
        self._read_people({row["request_id"] for row in rows})
        return [_known(row, self._people[row["request_id"]], frozenset()) for row in rows]

    def _marked(self, kind: str, marks: list[bytes]) -> list[dict[str, Any]]:
        if not marks:
            return []
        parameters = {"register": self._register, "kind": kind, "marks": marks, "most": _MOST}
        return self._rows(_BY_MARKS, parameters)

    def _rows(self, query: Any, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        with (
            connected(self._pool) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            return cursor.execute(query, parameters).fetchall()

    def _read_people(self, request_ids: set[UUID]) -> None:
        wanted = {stream_of(one): one for one in request_ids - self._people.keys()}
        if not wanted:
            return
        for stream, events in self._streams.load_many(list(wanted), types=_TELLING).items():
            self._people[wanted[stream]] = reduce(evolve, events, Request()).people


def _known(
    row: dict[str, Any], people: RequestPeople | None, message_ids: frozenset[str]
) -> KnownRequest:
    known = KnownRequest(
        request_id=row["request_id"],
        alias=row["alias"],
        state=row["state"],
        unit=row["unit"],
        received_on=row["received_on"],
        answer_due_on=row["answer_due_on"],
        urgency=_URGENCIES.get(row["urgency"], Urgency.NORMAL),
        establishment=row["establishment"],
        message_ids=message_ids,
    )
    if people is None:
        return known
    return replace(
        known,
        given=people.person_given,
        family=people.person_family,
        detention_number=people.detention_number,
        text_key=people.text_key,
    )
