"""The tables that name persons in clear, and how whoever was erased is taken out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog
from psycopg import sql

from shared.eventstore.bootstrap import KEYRING
from shared.postgres import Connection, Pool, transaction
from shared.privacy import ErasedList, Keyring

log = structlog.get_logger(__name__)

# Which rows of them do. The id of a message stays, as a fingerprint, so that a copy of it still
# meets the first; a volunteer's row stays, without a name.
NAMING: Mapping[str, sql.SQL] = {
    "request_people": sql.SQL("true"),
    "request_marks": sql.SQL("kind <> 'message_id'"),
    "volunteers": sql.SQL("(name IS NOT NULL OR email IS NOT NULL)"),
}
_CONTACT = ("name", "email", "second_channel")
_COLUMNS = """
SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
WHERE table_schema = %(schema)s AND table_name = ANY(%(tables)s) GROUP BY 1 ORDER BY 1
"""


def hold_erasures(
    listed: ErasedList, keyring: Keyring, pool: Pool, schema: str
) -> set[tuple[str, str]]:
    """Erase anew whoever the list or the keyring says was erased: their key, the rows of ``schema``
    that name them; the tables, with their schema, of which dead rows remember it still.

    To be called before anything of the schema is shown: a restore may have brought them back. The
    desk's volunteers, who bear no id of a person, go when routing tells that they left.
    """
    touched = set()
    if listed.is_missing:
        log.warning("erased_list_missing")
    for person in keyring.erase_again(listed.people()):
        log.warning("erased_again", stream=f"person-{person}")
        touched.add((KEYRING, "subjects"))
    people = [person for person, _ in keyring.erased()]
    if not people:
        return touched
    with transaction(pool) as connection:
        for table, columns in naming_tables(connection, schema):
            if "person_id" in columns:
                query = taking_out_of(schema, table, columns) + sql.SQL(" RETURNING person_id")
                for person in {row[0] for row in connection.execute(query, {"people": people})}:
                    source = f"{schema}.{table}"
                    log.warning("erased_rows_again", stream=f"person-{person}", source=source)
                    touched.add((schema, table))
    return touched


def naming_tables(connection: Connection, schema: str) -> list[tuple[str, list[str]]]:
    """Those of a schema, with their columns."""
    values = {"schema": schema, "tables": list(NAMING)}
    return connection.execute(_COLUMNS, values).fetchall()


def whose(columns: Sequence[str]) -> sql.SQL:
    """Which rows of a table in ``NAMING`` are of ``people``, or of ``volunteers`` by their ids.

    The desk's table of volunteers does not say which person each of them is.
    """
    if "person_id" in columns:
        return sql.SQL("person_id = ANY(%(people)s)")
    return sql.SQL("volunteer_id = ANY(%(volunteers)s)")


def taking_out_of(schema: str, table: str, columns: Sequence[str]) -> sql.Composed:
    """The statement that takes persons out of a table."""
    values = {
        "table": sql.Identifier(schema, table),
        "whose": whose(columns),
        "naming": NAMING[table],
        "emptied": sql.SQL(", ").join(
            sql.SQL("{} = NULL").format(sql.Identifier(c)) for c in _CONTACT if c in columns
        ),
    }
    if table == "volunteers":
        return sql.SQL("UPDATE {table} SET {emptied} WHERE {whose} AND {naming}").format(**values)
    return sql.SQL("DELETE FROM {table} WHERE {whose} AND {naming}").format(**values)
