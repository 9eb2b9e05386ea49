"""Rows that hold an id of a person and a word of theirs: found while their words are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from psycopg import sql

from services.cli.erased import schemas_of
from services.cli.held import Held, Words, opened, pattern_of, tables
from services.host.runner import SERVICES
from shared.errors import Refused
from shared.eventstore.bootstrap import KEYRING
from shared.naming import NAMING
from shared.settings import Environment

_WHAT = "rows with an id and one of"
# The newest that knew their words, or repeated what one of those had found.
_LAST = """
SELECT row ->> 'where', (row ->> 'ok')::boolean
FROM admin_actions, jsonb_array_elements(result -> 'proof') AS row
WHERE action = 'erase-person' AND details ->> 'person_id' = ANY(%s) AND row ->> 'what' LIKE %s
ORDER BY id DESC LIMIT 1
"""
_COUNTS = """
SELECT count(*) FILTER (WHERE named), count(*) FILTER (WHERE words ~* %(given)s AND NOT named)
FROM (
    SELECT words, coalesce(words ~* %(sought)s, false) AS named
    FROM (
        SELECT regexp_replace(
            regexp_replace(text, %(who)s, '', 'g'), %(breaks)s, ' ', 'g'
        ) AS words
        FROM (SELECT ({values})::text AS text FROM {table} AS t) AS every
        WHERE text LIKE ANY(%(ids)s)
        OFFSET 0
    ) AS theirs
) AS looked_at
"""
# Who did something, and ids: no words about the person.
_NO_WORDS = (
    r'"(by|actor|recipient|stream|\w+_by|(?!message_id")\w+_id)": "([^"\\]|\\.)*"',
    r"\\[nrt]",
)


class WordsStay(Refused):
    """Rows that erasing does not empty hold a word of the person, and nobody looked at them."""

    code = "cli.words_stay"


def staying(env: Environment, about: Held) -> dict[str, int]:
    """Rows with a word of theirs that no erasure empties, by table."""
    return _rows_with(env, about, but=NAMING)[0]


def refuse_what_stays(env: Environment, about: Held, looked_at: Collection[str]) -> None:
    """Raises WordsStay for a table that ``looked_at`` does not name."""
    if unseen := _unseen(staying(env, about), looked_at):
        raise WordsStay(
            f"{', '.join(unseen)}: rows hold an id and a word of theirs, erasing does not empty "
            "them, and nobody finds them once the key is gone: look at them first, then erase "
            "with --looked-at and the table, for each; nothing was changed"
        )


def told(env: Environment, about: Held) -> list[dict[str, Any]]:
    """The rows of the dry run."""
    found, given = _rows_with(env, about, but=NAMING)
    what = f"{_WHAT} {_how_many(about.words())}, which stay; look at them"
    rows = [_row(what, None, found), *_of_given(given)]
    return [row | {"before": row["after"], "after": None} for row in rows]


def proven(env: Environment, about: Held, looked_at: Collection[str]) -> list[dict[str, Any]]:
    """The rows of the proof that none of their words stands anywhere.

    Once the key is gone they are unknown: what the last proof left open stays open until somebody
    looked at it.
    """
    words = about.words()
    found, given = _rows_with(env, about)
    if words.sought:
        row = _row(f"{_WHAT} {_how_many(words)}", _ok(found, looked_at), found)
        return [row, *_of_given(given)]
    if left := _left_open(env, about):
        return [_row(f"{_WHAT} their words, by the last proof", _ok(left, looked_at), left)]
    why = "none is known any more"
    if words.too_short:
        why = f"{words.too_short} too short to look for"
    if words.lone_given:
        why = "no more than a given name is known"
    row = _row(f"rows with a word of theirs ({why})", None, {}) | {"after": None}
    return [row, *_of_given(given)]


def _of_given(found: Mapping[str, int]) -> list[dict[str, Any]]:
    what = "rows with an id and a given name of theirs, which others bear too; look at them"
    return [_row(what, None, found)] if found else []


def _how_many(words: Words) -> str:
    left_out = f" ({words.too_short} too short to look for)" if words.too_short else ""
    return f"{len(words.sought)} words of theirs{left_out}"


def _ok(found: Mapping[str, int], looked_at: Collection[str]) -> bool | None:
    if not found:
        return True
    return False if _unseen(found, looked_at) else None


def _unseen(found: Iterable[str], looked_at: Collection[str]) -> list[str]:
    return [table for table in found if table not in looked_at]


def _row(what: str, ok: bool | None, found: Mapping[str, int]) -> dict[str, Any]:
    where = ", ".join(f"{table} {count}" for table, count in found.items())
    return {"what": what, "before": None, "after": sum(found.values()), "ok": ok, "where": where}


def _left_open(env: Environment, about: Held) -> dict[str, int]:
    """What the last proof found where no erasure empties it, and nobody had looked at."""
    with opened(env, KEYRING) as connection:
        people = [str(person) for person in about.people]
        where, ok = connection.execute(_LAST, [people, f"{_WHAT}%"]).fetchone() or ("", None)
    if ok is not False:
        return {}
    return {
        table: int(count or 1)
        for table, _, count in (one.partition(" ") for one in where.split(", "))
        if table.partition(".")[2] not in NAMING
    }


def _rows_with(
    env: Environment, about: Held, *, but: Collection[str] = ()
) -> tuple[dict[str, int], dict[str, int]]:
    """Those with a word of theirs, and others with a given name, by table.

    Of all services and of the keyring: copies, parked events, logs and records too.
    """
    words = about.words()
    sought, given = pattern_of(words.sought), pattern_of(words.lone_given)
    found: tuple[dict[str, int], dict[str, int]] = ({}, {})
    if not (sought or given):
        return found
    who, breaks = _NO_WORDS
    ids = [f"%{one}%" for one in about.ids]
    values = {"ids": ids, "who": who, "breaks": breaks, "sought": sought, "given": given}
    for service in (*SERVICES, KEYRING):
        with opened(env, service, owner=True) as connection:
            for schema, table, _ in list(tables(connection, schemas_of(service))):
                if table in but:
                    continue
                # What is sealed in an event is no words.
                clear = "jsonb_build_object('d', t.data, 'm', t.metadata, 'stream', t.stream)"
                query = sql.SQL(_COUNTS).format(
                    table=sql.Identifier(schema, table),
                    values=sql.SQL(clear if table == "events" else "to_jsonb(t)"),
                )
                counts = connection.execute(query, values).fetchone() or ()
                for rows, count in zip(found, counts, strict=True):
                    if count:
                        rows[f"{schema}.{table}"] = int(count)
    return found
