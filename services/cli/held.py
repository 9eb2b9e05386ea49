"""Everything held on one person: events, rows, raw items, the dates of their key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from services.cli.shown import plain
from services.host.runner import SERVICES
from services.intake.adapters.originals import Original, SealedOriginals
from shared.eventstore import Connection, EventStore, Recorded
from shared.eventstore.bootstrap import KEYRING
from shared.identifying import names_somebody
from shared.postgres import own_errors
from shared.privacy import Erased
from shared.settings import Environment

# How one thing leads to the next: rows found by these columns name others by those.
_LEADS = (
    (("person_id",), ("request_id", "case_id", "volunteer_id")),
    (("request_id", "case_id"), ("case_id", "deadline_id")),
    (("request_id", "case_id", "deadline_id"), ("alert_id",)),
)
_NAMING = (
    *("person_id", "request_id", "case_id", "deadline_id", "alert_id", "subject_id"),
    *("volunteer_id", "recipient"),
)
# Raw items are shown as files, and what others wait for is theirs.
_NOT_ROWS = frozenset({"streams", "original_parts", "seals"})
_COLUMNS = """
SELECT table_schema, table_name, array_agg(column_name::text) FROM information_schema.columns
WHERE table_schema = ANY(%s) GROUP BY 1, 2 ORDER BY 1, 2
"""
_STREAMS = """
SELECT DISTINCT stream FROM events WHERE subject = ANY(%(people)s)
UNION SELECT stream FROM streams
WHERE substring(stream FROM strpos(stream, '-') + 1) = ANY(%(ids)s)
"""
# Who left and came back as a volunteer was given another id by earlier releases.
_PEOPLE = """
SELECT DISTINCT subject FROM events WHERE subject IS NOT NULL AND stream IN (
    SELECT stream FROM events WHERE subject = %s AND stream LIKE 'volunteer-%%'
)
"""
_KEYS = """
SELECT min(created_at), CASE WHEN bool_and(erased_at IS NOT NULL) THEN max(erased_at) END
FROM subjects WHERE subject = ANY(%s)
"""
_REQUESTS = "SELECT DISTINCT request_id FROM originals WHERE person_id = ANY(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that names the person or something of theirs."""

    service: str
    table: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What names a person and whoever their private parts name: ``whole`` are names that nobody
    split, ``other`` numbers and addresses; ``full`` are a given name with its family name."""

    given: frozenset[str]
    family: frozenset[str]
    whole: frozenset[str]
    other: frozenset[str]
    full: frozenset[tuple[str, str]]

    @property
    def sought(self) -> frozenset[str]:
        """What names nobody else; a given name stands only with a family name too short to."""
        both = {" ".join(order) for one in self._with_short for order in (one, one[::-1])}
        return _long(self.family | self.whole | self.other) | both

    @property
    def lone_given(self) -> frozenset[str]:
        """Given names, which others bear as well."""
        return _long(self.given) - self.sought

    @property
    def too_short(self) -> int:
        """How many are not looked for alone."""
        every = self.given | self.family | self.whole | self.other
        return len(every) - len(_long(every))

    def stand_in(self, text: str) -> bool:
        """Whether ``text`` holds one of them, in whatever accents, or a part of a name."""
        names = self.given | self.family | self.whole
        return _stands(self.sought, text) or names_somebody(text, names, is_place=_nowhere)

    def sign_in(self, text: str) -> bool:
        """Whether ``text``, which names somebody, may be meant for them: by more than one name."""
        short = self.sought - self.family
        return _stands(short, text) or any(
            all(names_somebody(text, [name], is_place=_nowhere) for name in one)
            for one in self.full
        )

    @property
    def _with_short(self) -> Iterator[tuple[str, str]]:
        return (one for one in self.full if len(one[1]) < _SHORTEST)


def pattern_of(words: Collection[str]) -> str | None:
    """A regular expression of any of ``words``, for PostgreSQL and for Python; None for none."""
    return rf"(^|\W)({'|'.join(map(re.escape, sorted(words)))})(\W|$)" if words else None


def _stands(words: Collection[str], text: str) -> bool:
    pattern = pattern_of(words)
    return pattern is not None and re.search(pattern, text, re.IGNORECASE) is not None


def _long(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) >= _SHORTEST)


def _nowhere(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What there is on ``person_id``; ``ids`` are theirs: requests, cases, deadlines, alerts.

    ``people`` are all ids of the person, more than one for who came back as a volunteer.
    """

    person_id: UUID
    people: frozenset[UUID]
    ids: frozenset[str]
    events: Mapping[str, list[Recorded]]
    rows: list[Row]
    originals: list[tuple[UUID, Original]]
    key_made_at: datetime | None
    erased_at: datetime | None

    @property
    def known(self) -> bool:
        """Whether there is anything."""
        return bool(self.rows or self.key_made_at or any(self.events.values()))

    def words(self) -> Words:
        """What names the person: names, numbers, addresses, birth; nothing that others share."""
        found = [one for event in self.private_events() for one in _naming(event.private)]
        return Words(
            given=frozenset(word for key, word in found if key in _GIVEN),
            family=frozenset(word for key, word in found if key in _FAMILY),
            whole=frozenset(word for key, word in found if key in _WHOLE),
            other=frozenset(word for key, word in found if key in _OTHER),
            full=frozenset(one for event in self.private_events() for one in _full(event.private)),
        )

    def private_events(self) -> Iterator[Recorded]:
        """The events that hold something readable about the person."""
        for events in self.events.values():
            for recorded in events:
                if recorded.subject in self.people and isinstance(recorded.private, dict):
                    yield recorded


_SHORTEST = 3
_NAMES = (("given", "family"), ("person_given", "person_family"))
_GIVEN, _FAMILY = (frozenset(fields) for fields in zip(*_NAMES, strict=True))
_WHOLE = frozenset({"name", "other_names"})
_OTHER = frozenset(
    {"detention_number", "foreigner_number", "born_on", "contact", "number", "email"}
    | {"second_channel", "note", "text"}
)
_NAMING_FIELDS = _GIVEN | _FAMILY | _WHOLE | _OTHER


def _naming(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """The values that name somebody, each with its field."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _naming(inner, key if key in _NAMING_FIELDS else "")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _naming(inner, field)
    elif isinstance(value, str) and value and field:
        yield field, value


def _full(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for given, family in (map(value.get, names) for names in _NAMES):
            if given and family:
                yield given, family
        for inner in value.values():
            yield from _full(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _full(inner)


def held(env: Environment, stores: Mapping[str, EventStore], person_id: UUID) -> Held:
    """Gather it from all services' databases; nothing is changed."""
    people = _people(env, person_id)
    ids = _ids(env, people)
    rows = [row for service in SERVICES for row in _rows(env, service, ids)]
    events = {name: _events(store, people, ids) for name, store in stores.items()}
    made, erased = _key(env, people)
    return Held(
        person_id=person_id,
        people=frozenset(people),
        ids=frozenset(ids),
        events=events,
        rows=rows,
        originals=_originals(env, stores["intake"], people) if "intake" in stores else [],
        key_made_at=made,
        erased_at=erased,
    )


def content(store: EventStore, request_id: UUID, original: Original) -> Iterator[bytes]:
    """A raw item of intake's, a MiB at a time; nothing once the person is erased."""
    originals = SealedOriginals(store.keyring)
    with store.transaction() as connection:
        yield from originals.content(connection, request_id, original)


def event_row(service: str, event: Recorded, people: frozenset[UUID]) -> dict[str, Any]:
    """An event as it is told to the person: what is private to others is left out."""
    private: Any = None
    if event.sealed is not None:
        own = event.subject in people
        private = plain(event.private) if own else "about somebody else"
    if isinstance(event.private, Erased):
        private = "erased"
    return {
        "service": service,
        "stream": event.stream,
        "version": int(event.version),
        "type": event.type,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "data": event.data,
        "private": private,
    }


def tables(connection: Connection, schemas: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Schema, name and columns of the tables that may hold something on a person."""
    for schema, table, columns in connection.execute(_COLUMNS, [schemas]).fetchall():
        if table not in _NOT_ROWS:
            yield schema, table, columns


@contextmanager
def opened(env: Environment, schema: str, *, owner: bool = False) -> Iterator[Connection]:
    """A connection to a service's schema, by its run role or its owner."""
    dsn = env.require(f"{schema.upper()}_OWNER_DSN" if owner else f"{schema.upper()}_DSN")
    with own_errors(), psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT set_config('search_path', %s, false)", [f"{schema}, pg_temp"])
        yield connection


def _people(env: Environment, person_id: UUID) -> set[UUID]:
    with opened(env, "routing") as connection:
        if connection.execute("SELECT to_regclass('events')").fetchone() == (None,):
            return {person_id}
        return {person_id} | {row[0] for row in connection.execute(_PEOPLE, [person_id])}


def _ids(env: Environment, people: set[UUID]) -> set[str]:
    ids = {str(person) for person in people}
    with opened(env, "intake") as connection:
        if connection.execute("SELECT to_regclass('originals')").fetchone() != (None,):
            ids |= {str(row[0]) for row in connection.execute(_REQUESTS, [list(people)])}
    for by, names in _LEADS:
        for service in SERVICES:
            with opened(env, service) as connection:
                for schema, table, columns in list(tables(connection, [service])):
                    ids |= _named(connection, (schema, table), columns, by, names, ids)
    return ids


def _named(
    connection: Connection,
    table: tuple[str, str],
    columns: list[str],
    by: tuple[str, ...],
    names: tuple[str, ...],
    ids: set[str],
) -> set[str]:
    wanted = [name for name in names if name in columns]
    if not wanted or not set(by) & set(columns):
        return set()
    query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in wanted),
        sql.Identifier(*table),
        _any_of([name for name in by if name in columns]),
    )
    rows = connection.execute(query, {"ids": list(ids)}).fetchall()
    return {value for row in rows for value in row if value}


def _any_of(columns: list[str]) -> sql.Composed:
    return sql.SQL(" OR ").join(
        sql.SQL("{}::text = ANY(%(ids)s)").format(sql.Identifier(name)) for name in columns
    )


def _rows(env: Environment, service: str, ids: set[str]) -> Iterator[Row]:
    with opened(env, service) as connection, connection.cursor(row_factory=dict_row) as cursor:
        for schema, table, columns in list(tables(connection, [service])):
            by = [name for name in _NAMING if name in columns]
            if not by or table == "events":  # shown as events
                continue
            query = sql.SQL("SELECT * FROM {} WHERE {}").format(
                sql.Identifier(schema, table), _any_of(by)
            )
            for values in cursor.execute(query, {"ids": list(ids)}).fetchall():
                yield Row(service=service, table=table, values=values)


def _events(store: EventStore, people: set[UUID], ids: set[str]) -> list[Recorded]:
    with store.transaction() as connection:
        values = {"people": list(people), "ids": list(ids)}
        names = [row[0] for row in connection.execute(_STREAMS, values)]
    found = [recorded for name in names for recorded in store.load(name)]
    return sorted(found, key=lambda recorded: recorded.position)


def _originals(
    env: Environment, store: EventStore, people: set[UUID]
) -> list[tuple[UUID, Original]]:
    originals = SealedOriginals(store.keyring)
    with opened(env, "intake") as connection:
        if connection.execute("SELECT to_regclass('originals')").fetchone() == (None,):
            return []
        requests = [row[0] for row in connection.execute(_REQUESTS, [list(people)]).fetchall()]
        return [
            (request, original)
            for request in requests
            for original in originals.of(connection, request)
            if original.person_id in people
        ]


def _key(env: Environment, people: set[UUID]) -> tuple[datetime | None, datetime | None]:
    with opened(env, KEYRING) as connection:
        row = connection.execute(_KEYS, [list(people)]).fetchone()
    return (row[0], row[1]) if row else (None, None)
