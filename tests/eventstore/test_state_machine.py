"""The store against a model that is a dict of lists: whatever is done to it, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from shared.eventstore import (
    ERASED,
    PARTITIONS,
    Appended,
    CommandReused,
    EventStore,
    Expected,
    Position,
    Recorded,
    Write,
    WrongVersion,
    category_of,
    partition_of,
)
from shared.privacy import SubjectErased
from tests.eventstore.events import event, write
from tests.support.postgres import fresh_database

KINDS = ["case", "person", "team"]
_examples = count(1)


@pytest.fixture(scope="module")
def machine_store() -> Iterator[EventStore]:
    with fresh_database() as database:
        yield database.store("intake")


@dataclass
class Told:
    """An event as the model has it."""

    stream: str
    version: int
    type: str
    number: int
    subject: UUID | None
    position: int


@dataclass
class Model:
    streams: dict[str, list[Told]] = field(default_factory=dict)
    erased: set[UUID] = field(default_factory=set)

    def version(self, stream: str) -> int:
        return len(self.streams.get(stream, ()))

    def log(self) -> list[Told]:
        everything = [told for events in self.streams.values() for told in events]
        return sorted(everything, key=lambda told: told.position)


class StoreMachine(RuleBasedStateMachine):
    """One log, some streams; each example has names of its own and reads from where it began."""

    store: EventStore
    commands: Bundle[tuple[UUID, list[Write], list[Appended]]] = Bundle("commands")

    def __init__(self) -> None:
        super().__init__()
        example = next(_examples)
        self.streams = [f"{kind}-{example}.{n}" for kind in KINDS for n in range(3)]
        self.people = [uuid4(), uuid4()]
        self.correlation = f"example/{example}"
        self.model = Model()
        self.number = 0
        heads = self.store.heads()
        self.began = {part: heads[part].position if part in heads else 0 for part in range(8)}

    # What is asked

    @rule(
        target=commands,
        picks=st.lists(
            st.tuples(
                st.integers(0, 8),
                st.integers(1, 3),
                st.sampled_from(["exact", "any", "exists or none"]),
                st.sampled_from(["Opened", "Noted"]),
                st.sampled_from([None, 0, 1]),
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def append(self, picks: list[tuple[int, int, str, str, int | None]]) -> Any:
        """To one stream or several, with an expectation that holds."""
        ahead: dict[str, int] = {}
        writes = []
        for index, size, expecting, type_, person in picks:
            stream = self.streams[index]
            version = self.model.version(stream) + ahead.get(stream, 0)
            expected: Expected | int = version
            if expecting == "any":
                expected = Expected.ANY
            elif expecting == "exists or none" and stream not in ahead:
                expected = Expected.EXISTS if version else Expected.NO_STREAM
            writes.append(self.new(stream, size, type_, person, expected))
            ahead[stream] = ahead.get(stream, 0) + size
        command = uuid4()
        whose = {one.subject for each in writes for one in each.events if one.private}
        if whose & self.model.erased:
            with pytest.raises(SubjectErased):
                self.store.append(writes, command_id=command)
            return command, [], []
        appended = self.store.append(writes, command_id=command)
        self.remember(writes, appended)
        return command, writes, appended

    @rule(index=st.integers(0, 8), other=st.integers(0, 8), off=st.sampled_from([-2, -1, 1, 2]))
    def append_to_another_version(self, index: int, other: int, off: int) -> None:
        stream = self.streams[index]
        expected = max(self.model.version(stream) + off, 0)
        if expected == self.model.version(stream):
            return
        writes = [self.new(stream, 2, "Opened", None, expected)]
        if other != index:
            writes.insert(0, self.new(self.streams[other], 1, "Opened", None, Expected.ANY))

        with pytest.raises(WrongVersion) as conflict:
            self.store.append(writes)

        told = (conflict.value.stream, conflict.value.actual)
        assert told == (stream, self.model.version(stream))

    @rule(index=st.integers(0, 8))
    def append_to_a_stream_that_must_or_must_not_exist(self, index: int) -> None:
        stream = self.streams[index]
        wrong = Expected.NO_STREAM if self.model.version(stream) else Expected.EXISTS

        with pytest.raises(WrongVersion):
            self.store.append([self.new(stream, 1, "Opened", None, wrong)])

    @rule(command=commands)
    def repeat_a_command(self, command: tuple[UUID, list[Write], list[Appended]]) -> None:
        command_id, writes, first = command
        whose = {one.subject for each in writes for one in each.events if one.private}
        if not writes or whose & self.model.erased:
            return

        again = self.store.append(writes, command_id=command_id)

        assert all(one.repeated for one in again)
        assert [(a.position, a.digest) for a in again] == [(a.position, a.digest) for a in first]

    @rule(command=commands, index=st.integers(0, 8))
    def use_a_command_for_something_else(
        self, command: tuple[UUID, list[Write], list[Appended]], index: int
    ) -> None:
        command_id, writes, _ = command
        if writes:
            other = self.new(self.streams[index], 1, "Opened", None, Expected.ANY)
            with pytest.raises(CommandReused):
                self.store.append([other], command_id=command_id)

    @rule(index=st.integers(0, 8))
    def roll_an_append_back(self, index: int) -> None:
        with self.store.transaction() as connection:
            new = self.new(self.streams[index], 2, "Opened", None, Expected.ANY)
            self.store.append([new], connection=connection)
            raise psycopg.Rollback

    @rule(person=st.integers(0, 1))
    def erase_a_person(self, person: int) -> None:
        self.store.keyring.erase(self.people[person])
        self.model.erased.add(self.people[person])

    # What must hold

    @invariant()
    def each_stream_reads_as_told_both_ways(self) -> None:
        for stream in self.streams:
            told = self.model.streams.get(stream, [])
            found = self.store.load(stream)
            self.same(found, told)
            assert self.store.load(stream, backward=True) == found[::-1]

    @invariant()
    def each_partition_reads_as_told_both_ways(self) -> None:
        for partition in range(PARTITIONS):
            told = [one for one in self.model.log() if partition_of(one.stream) == partition]
            began = Position(self.began[partition])
            found = self.store.read(partition, after=began, limit=1000)
            self.same(found, told)
            assert self.store.read_back(partition, limit=len(told) or 1)[: len(told)] == found[::-1]

    @rule(kind=st.sampled_from(KINDS))
    def read_a_category(self, kind: str) -> None:
        told = [one for one in self.model.log() if category_of(one.stream) == kind]
        found = [
            recorded
            for part in range(PARTITIONS)
            for recorded in self.store.read(
                part, after=Position(self.began[part]), limit=1000, category=kind
            )
        ]
        self.same(sorted(found, key=lambda one: one.position), told)

    @rule(type_=st.sampled_from(["Opened", "Noted"]))
    def find_by_correlation_and_type(self, type_: str) -> None:
        told = self.model.log()
        self.same(self.store.find(correlation=self.correlation, limit=1000), told)
        found = self.store.find(correlation=self.correlation, type=type_, limit=1000)
        self.same(found, [one for one in told if one.type == type_])

    # How

    def new(
        self, stream: str, size: int, type_: str, person: int | None, expected: Expected | int
    ) -> Write:
        events = []
        for _ in range(size):
            self.number += 1
            private = None if person is None else {"name": f"Amélie {self.number}"}
            subject = None if person is None else self.people[person]
            data = {"n": self.number}
            events.append(event(type_, data=data, private=private, subject=subject))
        metadata = {"correlation_id": self.correlation}
        return write(stream, *events, expected=expected, metadata=metadata)

    def remember(self, writes: list[Write], appended: list[Appended]) -> None:
        events = [(each.stream, one) for each in writes for one in each.events]
        for (stream, one), where in zip(events, appended, strict=True):
            known = self.model.streams.setdefault(stream, [])
            assert (where.stream, where.version) == (stream, len(known) + 1)
            number, subject = one.data["n"], one.subject
            known.append(Told(stream, where.version, one.type, number, subject, where.position))

    def same(self, found: list[Recorded], told: list[Told]) -> None:
        assert [
            (one.stream, one.version, one.type, one.data["n"], one.position) for one in found
        ] == [(one.stream, one.version, one.type, one.number, one.position) for one in told]
        for one in found:
            if one.subject in self.model.erased:
                assert one.private is ERASED
            elif one.subject is not None:
                assert one.private == {"name": f"Amélie {one.data['n']}"}


def test_the_store_is_a_dict_of_lists(machine_store: EventStore) -> None:
    StoreMachine.store = machine_store
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert machine_store.verify().faults == ()
