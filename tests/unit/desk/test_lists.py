"""Which requests and alerts stand in which list, and what their rows tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.desk.adapters.lists import Lists
from services.desk.domain.rows import RequestRow, View
from services.desk.domain.viewer import Viewer
from shared.contracts.vocabulary import Role
from shared.eventstore import Pool

REQUEST = UUID("11111111-1111-4111-8111-111111111111")
TODAY = date(2026, 4, 24)
CAMILLE = Viewer(
    volunteer_id="desk-1", register="main", role=Role.STAFF, units=("desk",), name="Camille"
)
YESTERDAY, TOMORROW, IN_JUNE = "2026-04-23", "2026-04-25", "2026-06-10"


@pytest.fixture
def lists(pool: Pool) -> Lists:
    with pool.connection() as connection:
        for table in ("requests", "assignments", "deadlines", "alerts"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
    return Lists(pool)


@pytest.fixture
def put(pool: Pool) -> Callable[..., None]:
    """Write one row of a table."""

    def write(table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join(f"%({name})s" for name in values)
        with pool.connection() as connection:
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608

    return write


@pytest.fixture
def a_request(put: Callable[..., None]) -> Callable[..., None]:
    """A request of the desk, with one deadline for each (state, prudent date)."""

    def write(state: str, *deadlines: tuple[str, str | None], **values: Any) -> None:
        request = {"request_id": REQUEST, "person_id": UUID(int=1), "register": "main"}
        put("requests", **request, state=state, **values)
        for number, (becomes, prudent) in enumerate(deadlines):
            put(
                "deadlines",
                deadline_id=UUID(int=number),
                register="main",
                request_id=REQUEST,
                state=becomes,
                kind="oqtf_appeal" if becomes == "missed" else "hearing",
                prudent=prudent,
                terms="{}",
            )

    return write


def views(lists: Lists) -> set[View]:
    """The lists in which the request stands; each counts what it holds."""
    found = {view for view in View if lists.requests(CAMILLE, view, today=TODAY)}
    assert {view for view, n in lists.counts(CAMILLE, today=TODAY).items() if n} == found
    return found


def row(lists: Lists, view: View) -> RequestRow:
    return lists.requests(CAMILLE, view, today=TODAY)[0]


@pytest.mark.parametrize("state", ["assigned", "answered"])
def test_a_missed_deadline_is_for_today_until_the_request_is_closed(lists, a_request, state):
    a_request(state, ("missed", YESTERDAY))

    assert View.DUE in views(lists)
    found = row(lists, View.DUE)
    assert (found.missed_kind, found.missed_prudent) == ("oqtf_appeal", YESTERDAY)


def test_a_missed_deadline_of_a_closed_request_is_not_for_today(lists, a_request):
    a_request("closed", ("missed", YESTERDAY))

    assert views(lists) == {View.CLOSED}
    assert row(lists, View.CLOSED).missed_kind is None


def test_a_deadline_that_was_over_long_before_the_request_came_is_not_for_today(lists, a_request):
    a_request("assigned", ("missed", "2025-03-09"), received_at=datetime(2026, 4, 20, tzinfo=UTC))

    assert View.DUE not in views(lists)
    assert row(lists, View.OPEN).missed_prudent == "2025-03-09"


def test_a_missed_deadline_does_not_hide_the_one_that_runs(lists, a_request):
    a_request("assigned", ("missed", YESTERDAY), ("running", TOMORROW))

    found = row(lists, View.DUE)
    assert (found.deadline_kind, found.deadline_prudent) == ("hearing", TOMORROW)
    assert found.missed_kind == "oqtf_appeal"


@pytest.mark.parametrize(
    ("state", "prudent"), [("answered", TOMORROW), ("answered", None), ("closed", TOMORROW)]
)
def test_a_deadline_that_runs_is_for_today_after_the_reply_too(lists, a_request, state, prudent):
    a_request(state, ("running", prudent))

    assert views(lists) == {View.DUE, View.CLOSED}
    assert row(lists, View.DUE).deadline_kind == "hearing"


@pytest.mark.parametrize(
    ("state", "deadline"),
    [
        ("answered", ("running", IN_JUNE)),
        ("answered", ("met", TOMORROW)),
        ("duplicate", ("running", TOMORROW)),
        ("duplicate", ("missed", YESTERDAY)),
        ("closed", ("running", None)),
    ],
)
def test_what_has_time_is_settled_or_counts_elsewhere_is_not_for_today(
    lists, a_request, state, deadline
):
    a_request(state, deadline)

    assert views(lists) == {View.CLOSED}


def test_an_automatic_message_is_not_for_today_whatever_day_stands_in_it(lists, a_request, put):
    a_request("closed", ("running", TOMORROW))
    put(
        "assignments",
        request_id=REQUEST,
        register="main",
        unit="desk",
        state="closed",
        set_aside=True,
    )

    assert views(lists) == {View.AUTOMATIC}


def test_a_request_whose_reply_came_back_is_open_and_for_today(lists, a_request):
    a_request("answered", undelivered=True)

    assert views(lists) == {View.OPEN, View.DUE}
    assert row(lists, View.OPEN).is_open


@pytest.mark.parametrize("state", ["closed", "duplicate"])
def test_what_was_closed_since_its_reply_came_back_is_done(lists, a_request, state):
    a_request(state, undelivered=True)

    assert views(lists) == {View.CLOSED}
    assert not row(lists, View.CLOSED).is_open
