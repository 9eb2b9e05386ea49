"""What the register knows already, asked by fingerprints and verified on the decrypted findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
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
from services.intake.domain.normalise.known import alike_of_late, of_that_name
from services.intake.domain.normalise.model import KnownRequest, Recalled, Traits
from services.intake.domain.request import PEOPLE_IN
from shared.contracts.vocabulary import Channel, Urgency
from shared.eventstore import Streams
from shared.postgres import Pool, connected

_MOST = 20  # a name that more than so many bear tells nothing; the latest count
_MOST_COPIES = 5  # of one text
_RECENT_DAYS = 21
_TELLING = [one.__name__ for one in PEOPLE_IN]
_URGENCIES = {one.value: one for one in Urgency}
_UNREAD = "unread"

# The latest that share a mark of each kind, by each mark first: a letter that many copy costs no
# more than another. Then those of the same place, lately, of whom neither number nor name nor
# text is known: no likeness can be ruled out.
_RECALL = """
SELECT asked.kind, met.marks, r.request_id, r.alias, r.state, r.unit, r.received_on, r.received_at,
       r.answer_due_on, r.urgency, r.establishment
FROM (VALUES
    ('message_id', %(message_id)s::bytea[], %(most)s), ('number', %(number)s::bytea[], %(most)s),
    ('name', %(name)s::bytea[], %(most)s), ('text', %(text)s::bytea[], %(most_copies)s)
) AS asked (kind, marks, most)
CROSS JOIN LATERAL (
    SELECT latest.request_id, array_agg(latest.mark) AS marks
    FROM unnest(asked.marks) AS sought (mark)
    CROSS JOIN LATERAL (
        SELECT m.mark, m.request_id, m.received_at FROM request_marks m
        WHERE m.register = %(register)s AND m.kind = asked.kind AND m.mark = sought.mark
        ORDER BY m.received_at DESC, m.request_id DESC
        LIMIT asked.most
    ) AS latest
    GROUP BY latest.request_id
    ORDER BY max(latest.received_at) DESC, latest.request_id
    LIMIT %(most)s
) AS met
JOIN requests r USING (request_id)
UNION ALL
(
    SELECT 'unread', '{}', r.request_id, r.alias, r.state, r.unit, r.received_on, r.received_at,
           r.answer_due_on, r.urgency, r.establishment
    FROM requests r
    WHERE r.unread AND r.register = %(register)s
      AND r.received_on BETWEEN %(since)s AND %(until)s
      AND r.state NOT IN ('closed', 'duplicate')
      AND (r.establishment = %(establishment)s OR r.unit = 'team:' || %(establishment)s)
      AND NOT EXISTS (
          SELECT FROM request_marks m
          WHERE m.request_id = r.request_id AND m.kind IN ('number', 'name', 'text')
      )
    ORDER BY r.received_at DESC NULLS LAST, r.request_id
    LIMIT %(most)s
)
ORDER BY received_at DESC NULLS LAST, request_id
"""


class KnownInRegister:
    """``KnownRequests`` of one register, over intake's own tables and log."""

    def __init__(
        self, pool: Pool, streams: Streams, fingerprint: Callable[[str], bytes], register: str
    ) -> None:
        self._pool = pool
        self._streams = streams
        self._fingerprint = fingerprint
        self._register = register

    def recall(self, traits: Traits) -> Recalled:
        """See ``KnownRequests``: one query for the candidates, one for who their people are."""
        thread = {
            self._fingerprint(f"{Channel.EMAIL.value}:{one.strip()}"): one
            for one in traits.message_ids
        }
        marks = {MESSAGE_ID: list(thread)} | {
            kind: [self._fingerprint(one) for one in texts] for kind, texts in _texts(traits)
        }
        if not any(marks.values()) and traits.establishment is None:
            return Recalled()
        rows = self._candidates(traits, marks)
        people = self._people({row["request_id"] for row in rows if row["kind"] in _READ})
        met: dict[str, list[KnownRequest]] = {kind: [] for kind in (*marks, _UNREAD)}
        for row in rows:
            met[row["kind"]].append(_known(row, people.get(row["request_id"]), thread))
        return Recalled(
            same_thread=met[MESSAGE_ID],
            same_number=met[NUMBER],
            same_name=of_that_name(met[NAME], traits),
            alike=alike_of_late(_each_once(*met[TEXT], *met[_UNREAD]), traits),
        )

    def _candidates(
        self, traits: Traits, marks: Mapping[str, Sequence[bytes]]
    ) -> list[dict[str, Any]]:
        parameters = {
            **marks,
            "register": self._register,
            "most": _MOST,
            "most_copies": _MOST_COPIES,
            "since": traits.received_on - timedelta(days=_RECENT_DAYS),
            "until": traits.received_on,
            "establishment": traits.establishment,
        }
        with (
            connected(self._pool) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            return cursor.execute(_RECALL, parameters).fetchall()

    def _people(self, request_ids: set[UUID]) -> dict[UUID, Mapping[str, Any]]:
        """What names the people of these requests, as the events have it; none of the erased."""
        wanted = {stream_of(one): one for one in request_ids}
        told = self._streams.last_private(list(wanted), types=_TELLING) if wanted else {}
        return {wanted[stream]: private for stream, private in told.items()}


_READ = frozenset({NUMBER, NAME, TEXT})


def _texts(traits: Traits) -> list[tuple[str, list[str]]]:
    numbers = {mark for one in traits.numbers if (mark := number_mark(one))}
    return [
        (NUMBER, sorted(numbers)),
        (NAME, sorted(name_marks(traits.family))),
        (TEXT, text_marks(traits.text_key)),
    ]


def _each_once(*requests: KnownRequest) -> list[KnownRequest]:
    """The first of each."""
    return list({one.request_id: one for one in reversed(requests)}.values())[::-1]


def _known(
    row: dict[str, Any], people: Mapping[str, Any] | None, thread: Mapping[bytes, str]
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
    )
    if row["kind"] == MESSAGE_ID:
        return replace(known, message_ids=frozenset(thread[bytes(mark)] for mark in row["marks"]))
    if people is None:
        return known
    return replace(
        known,
        given=people.get("person_given"),
        family=people.get("person_family"),
        detention_number=people.get("detention_number"),
        text_key=tuple(people.get("text_key") or ()),
    )
