"""What the register knows already, asked by fingerprints and verified on the decrypted findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

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
from shared.contracts.codec import Codec
from shared.contracts.vocabulary import Channel, Urgency
from shared.eventstore import Erased, unseal
from shared.postgres import Pool, connected
from shared.privacy import Keyring

_MOST = 20  # a name that more than so many bear tells nothing; the latest count
_MOST_COPIES = 5  # of one text
_RECENT_DAYS = 21
_TELLING = [one.__name__ for one in PEOPLE_IN]
_URGENCIES = {one.value: one for one in Urgency}
_UNREAD = "unread"

# The latest that share a mark of each kind, by each mark first: a letter that many copy costs no
# more than another. Then those of the same place, lately, of whom neither number nor name nor
# text is known: no likeness can be ruled out. With whoever shares more than a thread comes what
# names its people, as the last event that tells them has it.
_RECALL = """
WITH recalled AS (
    SELECT asked.kind, met.marks, r.*
    FROM (VALUES
        ('message_id', %(message_id)s::bytea[], %(most)s),
        ('number', %(number)s::bytea[], %(most)s),
        ('name', %(name)s::bytea[], %(most)s),
        ('text', %(text)s::bytea[], %(most_copies)s)
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
        SELECT 'unread', '{}', r.*
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
)
SELECT r.kind, r.marks, r.request_id, r.alias, r.state, r.unit, r.received_on, r.answer_due_on,
       r.urgency, r.establishment, told.stream, told.type, told.schema, told.private, told.subject
FROM recalled r
LEFT JOIN LATERAL (
    SELECT e.stream, e.type, e.schema, e.private, e.subject FROM events e
    WHERE e.stream = 'request-' || r.request_id AND e.type = ANY(%(telling)s)
    ORDER BY e.version DESC
    LIMIT 1
) AS told ON r.kind IN ('number', 'name', 'text')
ORDER BY r.received_at DESC NULLS LAST, r.request_id
"""


class KnownInRegister:
    """``KnownRequests`` of one register, over intake's own tables and log."""

    def __init__(self, pool: Pool, keyring: Keyring, codec: Codec, register: str) -> None:
        self._pool = pool
        self._keyring = keyring
        self._codec = codec
        self._register = register

    def recall(self, traits: Traits) -> Recalled:
        """See ``KnownRequests``: one query for the candidates and who their people are."""
        thread = {
            self._keyring.fingerprint(f"{Channel.EMAIL.value}:{one.strip()}"): one
            for one in traits.message_ids
        }
        marks = {MESSAGE_ID: list(thread)} | {
            kind: [self._keyring.fingerprint(one) for one in texts]
            for kind, texts in _texts(traits)
        }
        if not any(marks.values()) and traits.establishment is None:
            return Recalled()
        rows = self._candidates(traits, marks)
        people = self._people(rows)
        met: dict[str, list[KnownRequest]] = {kind: [] for kind in (*marks, _UNREAD)}
        for row in rows:
            told = people.get(row.request_id, {}) if row.kind in _READ else {}
            met[row.kind].append(_known(row, told, thread))
        return Recalled(
            same_thread=met[MESSAGE_ID],
            same_number=met[NUMBER],
            same_name=of_that_name(met[NAME], traits),
            alike=alike_of_late(_each_once(*met[TEXT], *met[_UNREAD]), traits),
        )

    def _candidates(self, traits: Traits, marks: Mapping[str, Sequence[bytes]]) -> list[_Row]:
        parameters = {
            **{kind: _array(some) for kind, some in marks.items()},
            "register": self._register,
            "most": _MOST,
            "most_copies": _MOST_COPIES,
            "since": traits.received_on - timedelta(days=_RECENT_DAYS),
            "until": traits.received_on,
            "establishment": traits.establishment,
            "telling": _TELLING,
        }
        with connected(self._pool) as connection:
            found = connection.execute(_RECALL, parameters, prepare=True, binary=True)
            return [_Row(*row) for row in found.fetchall()]

    def _people(self, rows: Sequence[_Row]) -> dict[UUID, Mapping[str, Any]]:
        """What names the people of these requests; nothing of the erased."""
        sealed = {row.request_id: row for row in rows if row.private is not None}
        self._keyring.prefetch(row.subject for row in sealed.values())
        told: dict[UUID, Mapping[str, Any]] = {}
        for request_id, row in sealed.items():
            private = unseal(
                self._keyring, row.private, stream=row.stream, type=row.type, subject=row.subject
            )
            if not isinstance(private, Erased):
                told[request_id] = self._codec.raised_private(row.type, row.schema, private)
        return told


class _Row(NamedTuple):
    """A candidate; the last five are None where nothing tells of its people."""

    kind: str
    marks: list[bytes]
    request_id: UUID
    alias: str | None
    state: str
    unit: str | None
    received_on: date | None
    answer_due_on: date | None
    urgency: str | None
    establishment: str | None
    stream: Any
    type: Any
    schema: Any
    private: Any
    subject: Any


_READ = frozenset({NUMBER, NAME, TEXT})


def _texts(traits: Traits) -> list[tuple[str, list[str]]]:
    numbers = {mark for one in traits.numbers if (mark := number_mark(one))}
    return [
        (NUMBER, sorted(numbers)),
        (NAME, sorted(name_marks(traits.family))),
        (TEXT, text_marks(traits.text_key)),
    ]


def _array(marks: Sequence[bytes]) -> str:
    """As PostgreSQL writes a ``bytea[]``: an empty list would go as one of another type, and make
    another statement of the query, to be planned apart."""
    return "{" + ",".join(f'"\\\\x{mark.hex()}"' for mark in marks) + "}"


def _each_once(*requests: KnownRequest) -> list[KnownRequest]:
    """The first of each."""
    return list({one.request_id: one for one in reversed(requests)}.values())[::-1]


def _known(row: _Row, people: Mapping[str, Any], thread: Mapping[bytes, str]) -> KnownRequest:
    by_thread = row.kind == MESSAGE_ID
    return KnownRequest(
        request_id=row.request_id,
        alias=row.alias,
        state=row.state,
        unit=row.unit,
        received_on=row.received_on,
        answer_due_on=row.answer_due_on,
        urgency=_URGENCIES.get(row.urgency or "", Urgency.NORMAL),
        establishment=row.establishment,
        message_ids=frozenset(thread[mark] for mark in row.marks) if by_thread else frozenset(),
        given=people.get("person_given"),
        family=people.get("person_family"),
        detention_number=people.get("detention_number"),
        text_key=tuple(people.get("text_key") or ()),
    )
