"""Rows that hold an id of a person and a word of theirs: found while their words are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from psycopg import sql

from services.cli.erased import schemas_of
from services.cli.held import Held, Words, opened, tables
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


class WordsStay(Refused):
    """Rows that erasing does not empty hold a word of the person, and nobody looked at them."""

    code = "cli.words_stay"


def staying(env: Environment, about: Held) -> dict[str, int]:
    """Rows with a word of theirs that no erasure empties, by table."""
    return _rows_with(env, about, but=NAMING)


def refuse_what_stays(env: Environment, about: Held, looked_at: Collection[str]) -> None:
    """Raises WordsStay for a table that ``looked_at`` does not name."""
    if unseen := _unseen(staying(env, about), looked_at):
        raise WordsStay(
            f"{', '.join(unseen)}: rows hold an id and a word of theirs, erasing does not empty "
            "them, and nobody finds them once the key is gone: look at them first, then erase "
            "with --looked-at and the table, for each; nothing was changed"
        )


def told(env: Environment, about: Held) -> dict[str, Any]:
    """The row of the dry run."""
    found = staying(env, about)
    what = f"{_WHAT} {_how_many(about.words())}, which stay; look at them"
    return _row(what, None, found) | {"before": sum(found.values()), "after": None}


def proven(env: Environment, about: Held, looked_at: Collection[str]) -> dict[str, Any]:
    """The row of the proof that none of their words stands anywhere.

    Once the key is gone they are unknown: what the last proof left open stays open until somebody
    looked at it.
    """
    words = about.words()
    if words.sought:
        found = _rows_with(env, about)
        return _row(f"{_WHAT} {_how_many(words)}", _ok(found, looked_at), found)
    if left := _left_open(env, about):
        return _row(f"{_WHAT} their words, by the last proof", _ok(left, looked_at), left)
    why = (
        f"{words.too_short} too short to look for" if words.too_short else "none is known any more"
    )
    return _row(f"rows with a word of theirs ({why})", None, {}) | {"after": None}


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


def _rows_with(env: Environment, about: Held, *, but: Collection[str] = ()) -> dict[str, int]:
    """Of all services and of the keyring: copies, parked events, logs and records too."""
    words = about.words()
    if not words.sought:
        return {}
    found: dict[str, int] = {}
    values = {"ids": [f"%{one}%" for one in about.ids], "pattern": words.pattern}
    for service in (*SERVICES, KEYRING):
        with opened(env, service, owner=True) as connection:
            for schema, table, _ in list(tables(connection, schemas_of(service))):
                if table in but:
                    continue
                # What is sealed in an event is no words.
                text = "concat_ws(' ', t.stream, t.data, t.metadata)"
                query = sql.SQL(
                    "SELECT count(*) FROM {table} AS t "
                    "WHERE {text} LIKE ANY(%(ids)s) AND {text} ~* %(pattern)s"
                ).format(
                    table=sql.Identifier(schema, table),
                    text=sql.SQL(text if table == "events" else "t::text"),
                )
                row = connection.execute(query, values).fetchone()
                if row and row[0]:
                    found[f"{schema}.{table}"] = int(row[0])
    return found
