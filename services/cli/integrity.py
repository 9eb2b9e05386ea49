"""The checks of ``permanence verify``: each yields a sentence for every fault that it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from services.cli.erased import erased_list, named_again
from services.cli.instants import in_paris
from services.cli.sealing import lost, overdue
from services.host import catalog
from services.host.runner import SERVICES
from shared.errors import PermanenceError
from shared.eventstore import (
    PARTITIONS,
    Connection,
    EventStore,
    Position,
    Recorded,
    unfinished_restore,
    unseal,
)
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import own_errors
from shared.privacy import ErasedListBroken, Keyring, MasterKey, MasterKeyWrong
from shared.seals import SealBroken, SealKey, check_chain, digests, kept, last_positions, unlike
from shared.seals import public_key_from as public_key
from shared.settings import Environment, master_key

CHECKS = ("chain", "seals", "checkpoints", "keyring", "contracts")
Watch = Callable[[int, int], None]

_PAGE = 500
_CHECKPOINTS = """
SELECT source, partition, incarnation, "position", digest FROM checkpoints
WHERE "position" > 0 OR incarnation IS NOT NULL ORDER BY source, partition
"""
_RELAYED = """
SELECT partition, "position", digest FROM relay_checkpoints WHERE "position" > 0 ORDER BY partition
"""
_AT = """SELECT digest FROM events WHERE partition = %s AND "position" = %s"""
_SUBJECTS = """
SELECT subject, min("position") FROM events WHERE private IS NOT NULL AND subject IS NOT NULL
GROUP BY subject
"""
_KEYS = "SELECT subject, wrapped_key FROM subjects WHERE subject = ANY(%s)"
_TOLD = "SELECT (data ->> 'person_id')::uuid FROM events WHERE type = 'PersonErased'"
_ERASED = "SELECT subject FROM subjects WHERE erased_at IS NOT NULL"
_COUNT = "SELECT count(*) FROM events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How much one check looked at, and what it found."""

    service: str
    check: str
    looked_at: int
    faults: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What the checks work on; ``since_seal`` leaves out what the last seal vouches for."""

    environment: Environment
    stores: Mapping[str, EventStore]
    since_seal: bool = False

    def run(self, check: str, service: str, watch: Watch) -> Checked:
        """One check of one service; ``watch`` is told how far it is."""
        checks: Mapping[str, Callable[[str, Watch], tuple[int, list[str]]]] = {
            "chain": self._chain,
            "seals": self._seals,
            "checkpoints": self._checkpoints,
            "keyring": self._keyring,
            "contracts": self._contracts,
        }
        looked_at, faults = checks[check](service, watch)
        late = overdue({service: self.stores[service]}) if check == "seals" else {}
        return Checked(
            service=service,
            check=check,
            looked_at=looked_at,
            faults=tuple(faults),
            warnings=tuple(missing_seal(name, since) for name, since in late.items()),
        )

    def _chain(self, service: str, watch: Watch) -> tuple[int, list[str]]:
        report = self.stores[service].verify(since=self._since(service), watch=watch)
        faults = [
            f"{fault.stream} version {fault.version}"
            + (f" (position {fault.position})" if fault.position else "")
            + f": {fault.kind.value}"
            for fault in report.faults
        ]
        return report.events, faults + [lost(at) for at in report.lost_commands]

    def _since(self, service: str) -> Mapping[int, Position] | None:
        if not self.since_seal:
            return None
        with self.stores[service].transaction() as connection:
            seals = kept(connection)
        return last_positions(seals) if seals else None

    def _seals(self, service: str, _: Watch) -> tuple[int, list[str]]:
        with self.stores[service].transaction() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            seals = kept(connection)
            faults = []
            if keys := public_keys(self.environment):
                try:
                    check_chain(seals, [public_key(key) for key in keys])
                except SealBroken as error:
                    faults.append(str(error))
            last_alone = self.since_seal and not faults and len(seals) > 1
            if seals:
                faults += unlike(
                    seals[-1:] if last_alone else seals,
                    lambda partition, after: digests(connection, partition, after),
                    after=seals[-2] if last_alone else None,
                )
        return len(seals), faults

    def _checkpoints(self, service: str, _: Watch) -> tuple[int, list[str]]:
        """Those of all consumers that lie in the log of ``service``, and its own relay's."""
        store = self.stores[service]
        faults: list[str] = []
        elsewhere: set[str] = set()
        looked_at = 0
        incarnation = store.incarnation()
        with store.transaction() as log:
            if half := unfinished_restore(log, service):
                faults.append(half)
            for consumer, row in self._read_from(service):
                looked_at += 1
                if row[2] is not None and row[2] != incarnation:
                    elsewhere.add(consumer)
                elif row[3] and not _holds(log, row[1], row[3], row[4] if row[2] else None):
                    faults.append(
                        f"{consumer}: its checkpoint in partition {row[1]}, position {row[3]}, is "
                        f"no event of {service}"
                    )
            for partition, position, digest in _rows(log, _RELAYED):
                looked_at += 1
                if not _holds(log, partition, position, digest):
                    faults.append(
                        f"relay: its checkpoint in partition {partition}, position {position}, is "
                        f"no event of {service}"
                    )
        faults += [
            f"{consumer}: read {service} in another life of the log; "
            f"run `permanence realign {consumer} {service}`"
            for consumer in sorted(elsewhere)
        ]
        return looked_at, faults

    def _read_from(self, source: str) -> Iterator[tuple[str, Any]]:
        for consumer in SERVICES:
            with _open(self.environment, consumer) as connection:
                for row in _rows(connection, _CHECKPOINTS):
                    if row[0] == source:
                        yield consumer, row

    def _keyring(self, service: str, watch: Watch) -> tuple[int, list[str]]:
        """Every person of whom the log holds something has a key, or was erased and stays so."""
        master = master_key(self.environment)
        faults: list[str] = []
        with self.stores[service].transaction() as log, _open(self.environment, KEYRING) as ring:
            subjects = dict(log.execute(_SUBJECTS).fetchall())
            told = {row[0] for row in log.execute(_TOLD)} if service == "intake" else set()
            known = {row[0] for row in ring.execute(_ERASED)}
            listed = erased_list(self.environment)
            try:
                listed.refuse_missing()
                known |= set(listed.people())
            except ErasedListBroken as error:
                faults.append(str(error))
            erased = told | known if service == "intake" else set()
            faults += [_untold(person) for person in sorted(erased - told)]
            faults += self._back(service, sorted(known | told))
            done = 0
            for page in _pages(sorted({*subjects, *erased})):
                keys = dict(ring.execute(_KEYS, [page]).fetchall())
                for subject in page:
                    problem = _key_problem(subject, keys, master, was_erased=subject in erased)
                    if problem:
                        at = subjects.get(subject)
                        faults.append(f"{subject}{f' (position {at})' if at else ''}: {problem}")
                done += len(page)
                watch(done, len(subjects))
        return len(subjects), faults

    def _back(self, service: str, erased: Sequence[UUID]) -> list[str]:
        """Whom the tables name though they were erased; the desk has no log: its go with intake."""
        also = ["desk"] if service == "intake" and self.environment.get("DESK_DSN") else []
        return [
            f"{person}: was erased, but {schema}.{table} names them; start {schema} anew, or run "
            "`permanence erase-person` for them"
            for schema in (service, *also)
            for person, table in named_again(self.environment, schema, erased)
        ]

    def _contracts(self, service: str, watch: Watch) -> tuple[int, list[str]]:
        store, codec = self.stores[service], catalog.codec(service)
        since = self._since(service) or {}
        faults: list[str] = []
        looked_at = 0
        with store.transaction() as connection:
            total = int((connection.execute(_COUNT).fetchone() or [0])[0])
        for recorded in _all(store, since):
            looked_at += 1
            if looked_at % _PAGE == 0:
                watch(looked_at, total)
            try:
                codec.decode(_opened(recorded, store.keyring))
            except PermanenceError as error:
                faults.append(
                    f"{recorded.stream} version {recorded.version} (position {recorded.position}): "
                    f"{recorded.type} {recorded.schema} does not decode ({error.code})"
                )
        return looked_at, faults


def gone(service: str, told_by: str) -> Checked:
    """The fault of a log that is not there any more."""
    fault = (
        f"its log is gone: no table of events, though {told_by}; see that "
        f"PERMANENCE_{service.upper()}_DSN is the one meant, else restore a backup"
    )
    return Checked(service=service, check="chain", looked_at=0, faults=(fault,))


def missing_seal(service: str, since: datetime) -> str:
    """The warning of a log that nobody seals."""
    return (
        f"{service}: a seal is missing since {in_paris(since)}; run `permanence seal`, and see why "
        "`permanence seal --daily` does not"
    )


def public_keys(env: Environment) -> list[str]:
    """The public keys that seals may bear: those set, else that of our own key."""
    if given := env.get("SEAL_PUBLIC_KEYS"):
        return given.split()
    own = env.get("SEAL_KEY")
    return [SealKey.from_base64(own).public] if own else []


def _holds(log: Connection, partition: int, position: int, digest: bytes | None) -> bool:
    row = log.execute(_AT, [partition, position]).fetchone()
    return row is not None and digest in {None, bytes(row[0])}


def _key_problem(
    subject: UUID, keys: Mapping[UUID, bytes | None], master: MasterKey, *, was_erased: bool
) -> str | None:
    if subject not in keys:
        return "neither a key nor a record of erasure; restore a newer backup of the keyring"
    wrapped = keys[subject]
    if wrapped is None:
        return None
    if was_erased:
        return "was erased, but has a key again; run `permanence erase-person` for them"
    try:
        master.unwrap(wrapped)
    except MasterKeyWrong:
        return "the master key does not open their key"
    return None


def _untold(person: UUID) -> str:
    return (
        f"{person}: was erased, but intake's log does not tell it; start intake anew, or run "
        "`permanence erase-person` for them"
    )


def _opened(recorded: Recorded, keyring: Keyring) -> Recorded:
    if recorded.sealed is None or recorded.subject is None:
        return recorded
    private = unseal(
        keyring,
        recorded.sealed,
        stream=recorded.stream,
        type=recorded.type,
        subject=recorded.subject,
    )
    return replace(recorded, private=private)


def _all(store: EventStore, since: Mapping[int, Position]) -> Iterator[Recorded]:
    for partition in range(PARTITIONS):
        after = since.get(partition, Position(0))
        while page := store.read(partition, after=after, limit=_PAGE, decrypt=False):
            store.keyring.prefetch(one.subject for one in page if one.sealed and one.subject)
            yield from page
            after = page[-1].position


def _pages(subjects: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(subjects), _PAGE):
        yield subjects[start : start + _PAGE]


def _rows(connection: Connection, query: LiteralString) -> list[Any]:
    """The rows, or none where the tables are not there yet: the service never started here."""
    try:
        with connection.transaction():
            return connection.execute(query).fetchall()
    except psycopg.errors.UndefinedTable:
        return []


def _open(env: Environment, schema: str) -> Any:
    with own_errors():
        return psycopg.connect(
            env.require(f"{schema.upper()}_DSN"),
            autocommit=True,
            options=f"-c search_path={schema},pg_temp",
        )
