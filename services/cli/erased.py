"""Whoever was erased, by all that remembers it, and what keeps it so after a restore."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import sql

from services.cli.held import opened, tables
from services.host.runner import SERVICES
from services.intake.application.erase import erase_person
from services.intake.domain.identity import person_stream_of
from services.intake.projections import read_models
from shared.contracts.codecs import INTAKE
from shared.eventstore import EventStore, Streams
from shared.eventstore.bootstrap import KEYRING
from shared.naming import NAMING, naming_tables, taking_out_of, whose
from shared.privacy import ErasedList
from shared.projections import copies_of
from shared.settings import Environment, clock_from
from shared.sweeping import swept

_VOLUNTEERS = "SELECT volunteer_id, person_id FROM volunteers WHERE person_id = ANY(%s)"
_TOLD = "SELECT (data ->> 'person_id')::uuid FROM events WHERE type = 'PersonErased'"
_ERASED = "SELECT subject FROM subjects WHERE erased_at IS NOT NULL"


def erased_list(env: Environment) -> ErasedList:
    """The list that outlives backups (``PERMANENCE_ERASED_LIST``)."""
    return ErasedList(env.get("ERASED_LIST"))


def all_erased(env: Environment) -> set[UUID]:
    """Whoever the list, the keyring or intake's log says was erased."""
    with opened(env, KEYRING) as ring, opened(env, "intake") as log:
        known = {row[0] for row in ring.execute(_ERASED)}
        return known | {row[0] for row in log.execute(_TOLD)} | set(erased_list(env).people())


def tell_again(
    env: Environment, store: EventStore, people: Sequence[UUID], *, by: str, reason: str
) -> int:
    """Erase whoever intake's log, restored, no longer knows as erased; how many there were."""
    models = read_models(store.keyring.fingerprint)
    streams = Streams(
        store, INTAKE, clock_from(env), projections=[model.apply_all for model in models]
    )
    told = 0
    for person in people:
        if not store.load(person_stream_of(person)):
            erase_person(
                person,
                by=by,
                reason=reason,
                streams=streams,
                keyring=store.keyring,
                metadata={"actor": by},
            )
            told += 1
    return told


def schemas_of(service: str) -> list[str]:
    """A service's schema and those of the copies beside it."""
    return [service, *copies_of(service)]


def clean(env: Environment, people: Sequence[UUID], *, live: bool) -> None:
    """Take persons out of the copies that no event reaches any more; ``live``: everywhere."""
    values = {"people": list(people), "volunteers": list(_volunteers(env, people))}
    for service in SERVICES:
        with opened(env, service, owner=True) as connection:
            schemas = schemas_of(service)[0 if live else 1 :]
            for schema, table, columns in list(tables(connection, schemas)):
                if table in NAMING:
                    connection.execute(taking_out_of(schema, table, columns), values)


def named_again(env: Environment, service: str, people: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """Which of ``people`` a service's live tables name, and the table."""
    volunteers = _volunteers(env, people)
    values = {"people": list(people), "volunteers": list(volunteers)}
    found = set()
    with opened(env, service) as connection:
        for table, columns in naming_tables(connection, service):
            own = "person_id" in columns
            query = sql.SQL("SELECT {} FROM {} WHERE {} AND {}").format(
                sql.Identifier("person_id" if own else "volunteer_id"),
                sql.Identifier(service, table),
                whose(columns),
                NAMING[table],
            )
            for [one] in connection.execute(query, values):
                found.add((one if own else volunteers[one], table))
    return sorted(found)


def _volunteers(env: Environment, people: Sequence[UUID]) -> dict[str, UUID]:
    """Those whose persons are ``people``, by their ids."""
    with opened(env, "routing") as connection:
        if connection.execute("SELECT to_regclass('volunteers')").fetchone() == (None,):
            return {}
        return dict(connection.execute(_VOLUNTEERS, [list(people)]).fetchall())


def sweep(env: Environment) -> dict[str, int]:
    """Rid the tables that named persons or held their keys of what was deleted from them.

    Returns them, copies too, with how many dead rows are left: those that a long transaction still
    sees.
    """
    found = {}
    for service in (*SERVICES, KEYRING):
        with opened(env, service, owner=True) as connection:
            for schema, table, _ in list(tables(connection, schemas_of(service))):
                if table in NAMING or (schema, table) == (KEYRING, "subjects"):
                    found[f"{schema}.{table}"] = swept(connection, schema, table)
    return found
