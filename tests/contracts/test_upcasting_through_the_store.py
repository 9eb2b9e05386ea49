"""An event that changed its shape twice, written by three releases into one real log.

All events of the house are at their first version: the type is made up, the way is the real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from shared.clock import VirtualClock
from shared.contracts.codec import Codec, UnknownEvent
from shared.eventstore import ERASED, Expected, NewEvent, Streams, Write
from tests.support.postgres import Database, database

__all__ = ["database"]

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PERSON = UUID("00000000-0000-4000-8000-000000000001")
STREAM = "visit-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """v1 and v2 kept one name; v3 the two that letters are written with."""

    given: str
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPromised:
    SUBJECT: ClassVar[str] = "person_id"
    SCHEMA: ClassVar[int] = 3

    person_id: UUID
    promised_on: date
    team: str
    private: Visitor | None


def visit_promised_1_to_2(data: dict[str, Any]) -> dict[str, Any]:
    """v1 said when, as a UTC timestamp; v2 says the day in Paris."""
    promised = datetime.fromisoformat(data["promised_at"]).astimezone(PARIS)
    kept = {name: value for name, value in data.items() if name != "promised_at"}
    return kept | {"promised_on": promised.date().isoformat()}


def visit_promised_2_to_3(data: dict[str, Any]) -> dict[str, Any]:
    """v2 knew of one team only."""
    return data | {"team": "team:cp-fresnes"}


def visitor_2_to_3(private: dict[str, Any]) -> dict[str, Any]:
    given, _, family = private["name"].partition(" ")
    return {"given": given, "family": family}


CODEC = Codec(
    [VisitPromised],
    {
        ("VisitPromised", 1): visit_promised_1_to_2,
        ("VisitPromised", 2): visit_promised_2_to_3,
    },
    {("VisitPromised", 2): visitor_2_to_3},
)


@pytest.fixture
def streams(database: Database) -> Streams:
    return Streams(database.store("intake"), CODEC, VirtualClock(NOON))


def append_as_release(
    streams: Streams, schema: int, data: Mapping[str, Any], private: Mapping[str, Any]
) -> None:
    """As the release in which that version was the newest wrote it."""
    event = NewEvent(
        type="VisitPromised",
        schema=schema,
        data={"person_id": str(PERSON), **data},
        private=private,
        subject=PERSON,
        occurred_at=NOON,
    )
    streams.store.append([Write(stream=STREAM, events=[event], expected=Expected.ANY)])


def test_events_of_three_releases_are_read_as_one_kind(streams: Streams) -> None:
    append_as_release(
        streams, 1, {"promised_at": "2026-03-09T23:30:00+00:00"}, {"name": "Awa Inventée"}
    )
    append_as_release(streams, 2, {"promised_on": "2026-03-11"}, {"name": "Awa Inventée"})
    visitor = Visitor(given="Awa", family="Inventée")
    newest = VisitPromised(
        person_id=PERSON, promised_on=date(2026, 3, 12), team="team:cp-lyon", private=visitor
    )
    with streams.unit(metadata={}) as unit:
        unit.append(STREAM, [newest], expected=Expected.ANY)

    events, version = streams.load(STREAM)

    assert version == 3
    assert [(event.promised_on, event.team) for event in events] == [
        (date(2026, 3, 10), "team:cp-fresnes"),
        (date(2026, 3, 11), "team:cp-fresnes"),
        (date(2026, 3, 12), "team:cp-lyon"),
    ]
    assert [event.private for event in events] == [visitor] * 3


def test_reading_raises_versions_and_leaves_what_is_stored_alone(streams: Streams) -> None:
    told = {"promised_at": "2026-03-09T23:30:00+00:00"}
    append_as_release(streams, 1, told, {"name": "Awa Inventée"})

    streams.load(STREAM)

    [recorded] = streams.store.load(STREAM)
    assert (recorded.schema, recorded.data) == (1, {"person_id": str(PERSON), **told})
    assert streams.store.verify().sound


def test_an_erased_person_needs_no_private_upcaster(streams: Streams) -> None:
    append_as_release(
        streams, 1, {"promised_at": "2026-03-09T12:00:00+00:00"}, {"name": "Awa Inventée"}
    )
    streams.store.keyring.erase(PERSON)

    [event], _ = streams.load(STREAM)

    assert streams.store.load(STREAM)[0].private is ERASED
    assert (event.promised_on, event.private) == (date(2026, 3, 9), None)


def test_f12_a_version_from_the_future_is_refused_and_not_guessed(streams: Streams) -> None:
    """A newer release wrote it, then was rolled back."""
    append_as_release(
        streams, 4, {"promised_on": "2026-03-11", "team": "team:cp-lyon"}, {"given": "Awa"}
    )

    with pytest.raises(UnknownEvent, match="version 4 is newer than 3"):
        streams.load(STREAM)

    assert streams.store.load(STREAM)[0].data["team"] == "team:cp-lyon"  # kept, shown raw
