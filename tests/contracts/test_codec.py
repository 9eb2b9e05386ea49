"""Every event of every service survives the way through the store and the broker."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, ClassVar, get_args, get_type_hints
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts._derive import schema_class
from shared.contracts._dumping import dumper
from shared.contracts._hints import Unexpected
from shared.contracts._loading import loader
from shared.contracts.codec import Codec, UnknownEvent
from shared.contracts.followup.events import FollowupEvent
from shared.contracts.intake.events import IntakeEvent
from shared.contracts.notifications.events import NotificationsEvent
from shared.contracts.routing.events import RoutingEvent

UNIONS = (IntakeEvent, RoutingEvent, FollowupEvent, NotificationsEvent)
CLASSES = [made for union in UNIONS for made in get_args(union)]
NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
PERSON = UUID(int=7)

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(
    str, st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
)
st.register_type_strategy(float, st.floats(0, 1))
st.register_type_strategy(int, st.integers(0, 2**31))


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    SUBJECT: ClassVar[str] = "person_id"
    SCHEMA: ClassVar[int] = 3

    person_id: UUID
    times: int
    private: Who | None


def stored(made: Any, **changes: Any) -> Any:
    wire = {
        "type": made.type,
        "schema": made.schema,
        "data": json.loads(json.dumps(made.data)),
        "private": json.loads(json.dumps(made.private)),
    }
    return SimpleNamespace(**{**wire, **changes})


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_an_event_comes_back_as_it_was(made: type):
    codec = Codec(CLASSES)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.builds(made))
    def check(event: Any) -> None:
        assert codec.decode(stored(codec.encode(event, NOW))) == event

    check()


@pytest.mark.parametrize(
    "text",
    [
        "0e5f8bd2-6a2b-4c3c-9d55-0a3c1f6b7e21",
        "0E5F8BD26A2B4C3C9D550A3C1F6B7E21",
        "{0e5f8bd2-6a2b-4c3c-9d55-0a3c1f6b7e21}",
        "urn:uuid:0e5f8bd2-6a2b-4c3c-9d55-0a3c1f6b7e21",
    ],
)
def test_an_id_is_read_however_it_is_written(text: str):
    loaded = loader(Seen)({"person_id": text, "times": 1, "private": None}).person_id

    assert loaded == UUID(text)
    assert (hash(loaded), loaded.is_safe) == (hash(UUID(text)), UUID(text).is_safe)


@pytest.mark.parametrize("text", ["0e5f8bd2", "x" * 32, "-" * 36, 7, None])
def test_what_is_no_id_is_not_taken_for_one(text: Any):
    with pytest.raises(Unexpected):
        loader(Seen)({"person_id": text, "times": 1, "private": None})


def test_an_event_class_that_its_init_completes_is_refused():
    class Completed:
        def __post_init__(self) -> None: ...

    for bases, slots in (((), False), ((Completed,), True)):
        made = dataclasses.make_dataclass("Made", [("n", int)], bases=bases, slots=slots)
        with pytest.raises(TypeError, match="give it slots"):
            loader(made)


def test_names_of_events_are_unique_in_the_whole_house():
    names = [made.__name__ for made in CLASSES]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_an_event_with_a_private_part_names_its_subject(made: type):
    if "private" not in get_type_hints(made):
        return

    subject = made.SUBJECT  # type: ignore[attr-defined]  # its absence is what this test is for

    assert subject in {field.name for field in dataclasses.fields(made)}


def test_what_identifies_a_person_is_kept_apart_under_the_persons_key():
    event = Seen(person_id=PERSON, times=2, private=Who(name="Awa Invented"))

    made = Codec([Seen]).encode(event, NOW)

    assert made.private == {"name": "Awa Invented"}
    assert made.subject == PERSON
    assert "Invented" not in json.dumps(made.data)


def test_once_erased_the_rest_of_the_event_stays():
    codec = Codec([Seen], {("Seen", 1): dict, ("Seen", 2): dict})
    made = codec.encode(Seen(person_id=PERSON, times=2, private=Who(name="Awa")), NOW)

    event = codec.decode(stored(made, private="erased"))

    assert (event.times, event.private) == (2, None)


def test_old_versions_are_raised_one_step_at_a_time():
    codec = Codec(
        [Seen],
        {
            ("Seen", 1): lambda data: {**data, "count": data["n"]},
            ("Seen", 2): lambda data: {**data, "times": data["count"]},
        },
    )

    event = codec.decode(
        SimpleNamespace(
            type="Seen", schema=1, data={"person_id": str(PERSON), "n": 5}, private=None
        )
    )

    assert event == Seen(person_id=PERSON, times=5, private=None)


def test_an_optional_field_of_a_newer_writer_is_left_out():
    codec = Codec([Seen])
    made = codec.encode(Seen(person_id=PERSON, times=1, private=None), NOW)

    event = codec.decode(stored(made, data={**made.data, "invented_later": True}))

    assert event.times == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "Unheard"}, "Unheard is not an event of this release"),
        ({"schema": 4}, "version 4 is newer than 3"),
        ({"schema": 1}, "nothing raises version 1"),
        ({"data": {"person_id": "nobody", "times": 1}}, "does not fit version 3"),
    ],
)
def test_what_is_not_known_is_told_and_never_guessed(change: dict[str, Any], words: str):
    codec = Codec([Seen])
    made = codec.encode(Seen(person_id=PERSON, times=1, private=None), NOW)

    with pytest.raises(UnknownEvent, match=words) as told:
        codec.decode(stored(made, **change))

    assert "nobody" not in str(told.value)


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_the_fast_ways_load_and_dump_what_the_schema_does(made: type):
    hints = get_type_hints(made)
    apart = frozenset({"private"} & hints.keys())
    schema = schema_class(made, apart)()
    fast = loader(made, apart)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.builds(made))
    def check(event: Any) -> None:
        dumped = schema.dump(event)
        assert dumper(made, apart)(event) == dumped
        data = json.loads(json.dumps(dumped))
        assert fast(data | {"unknown": 1}) == schema.load(data)

    check()


@pytest.mark.parametrize(
    "change",
    [{"person_id": 7}, {"person_id": "x"}, {"times": "3"}, {"times": True}, {"times": None}],
)
def test_the_fast_way_leaves_the_unexpected_to_the_schema(change: dict[str, Any]):
    fast = loader(Seen, frozenset({"private"}))
    data = {"person_id": str(PERSON), "times": 2}

    assert fast(data).times == 2
    with pytest.raises(Unexpected):
        fast(data | change)
    with pytest.raises(Unexpected):
        fast({"times": 2})


@pytest.mark.parametrize("times", [True, "3", None, 2.0])
def test_what_is_not_as_annotated_is_dumped_by_the_schema(times: Any):
    event = Seen(person_id=PERSON, times=times, private=None)
    apart = frozenset({"private"})

    with pytest.raises(Unexpected):
        dumper(Seen, apart)(event)
    assert Codec([Seen]).encode(event, NOW).data == schema_class(Seen, apart)().dump(event)
