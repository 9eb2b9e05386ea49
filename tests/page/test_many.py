"""However much there is, each list leads to all of it, page by page, and says how much that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.desk.adapters.doors import Doors
from services.desk.adapters.follow_up import FollowUp
from services.desk.adapters.lists import Lists
from services.desk.domain.rows import PAGE_ROWS
from services.desk.domain.viewer import Viewer
from shared.contracts.vocabulary import Role
from tests.support.postgres import Database, fresh_database

MANY = 2 * PAGE_ROWS + 5
NOW = datetime(2026, 4, 24, 10, 0, tzinfo=UTC)
CAMILLE = Viewer(
    volunteer_id="desk-1", register="main", role=Role.STAFF, units=("desk",), name="Camille"
)
FILL = """
INSERT INTO deadlines (deadline_id, register, case_id, state, kind, prudent, terms)
SELECT md5('d' || i)::uuid, 'main', md5('c' || i)::uuid, 'running', 'hearing', '2026-05-01', '{}'
FROM generate_series(1, %(many)s) AS i;
INSERT INTO cases (case_id, person_id, register, state, source, referred_at, moved_at)
SELECT md5('c' || i)::uuid, md5('p' || i)::uuid, 'main', 'open', 'person', now(), now()
FROM generate_series(1, %(many)s) AS i;
INSERT INTO alerts (
    alert_id, register, cause, kind, recipient, escalated, state, urgency, about, due_at, sent_at,
    deadline_id
) SELECT md5('a' || i)::uuid, 'main', 'cause' || i, 'deadline', 'desk-1', false, 'sent', 'high',
    'échéance', now(), now(), md5('d' || i)::uuid
FROM generate_series(1, %(many)s) AS i;
"""


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with fresh_database(services=True) as fresh:
        admin = fresh.admin()
        admin.execute("SET search_path TO desk")
        for statement in FILL.split(";\n"):
            if statement.strip():
                admin.execute(statement, {"many": MANY})
        yield fresh


def all_pages(turn: Callable[[int], Sequence[Any]], name: str) -> list[UUID]:
    """The ids on all pages, in the order in which they stand there."""
    found: list[UUID] = []
    for number in range(1, MANY):
        rows = turn(number)
        found += [getattr(row, name) for row in rows[:PAGE_ROWS]]
        if len(rows) <= PAGE_ROWS:
            break
    return found


def test_no_deadline_case_or_alert_is_beyond_the_last_page(database: Database):
    follow_up, lists = FollowUp(database.pool("desk")), Lists(database.pool("desk"))
    pages = {
        "deadline_id": lambda n: follow_up.deadlines(CAMILLE, states=["running"], page=n),
        "case_id": lambda n: follow_up.cases(CAMILLE, closed=False, now=NOW, page=n),
        "alert_id": lambda n: lists.alerts_to(CAMILLE, page=n),
    }
    for name, turn in pages.items():
        ids = all_pages(turn, name)
        assert (len(ids), len(set(ids))) == (MANY, MANY), name

    assert follow_up.deadline_counts(CAMILLE) == {"running": MANY}
    assert follow_up.case_counts(CAMILLE) == (MANY, 0)
    assert lists.count_alerts(CAMILLE) == MANY


def test_an_alert_says_which_deadline_it_is_about(database: Database):
    alert = Lists(database.pool("desk")).alerts_to(CAMILLE)[0]

    assert (alert.deadline_kind, alert.deadline_prudent) == ("hearing", "2026-05-01")


def test_one_page_shows_many_and_each_is_recorded(database: Database):
    pool = database.pool("desk")
    ids = [row.case_id for row in FollowUp(pool).cases(CAMILLE, closed=False, now=NOW)]
    Doors(pool).shown(CAMILLE, "cases", "case", ids, now=NOW)

    recorded = database.admin().execute("SELECT subject_id FROM desk.showings").fetchall()
    assert sorted(row[0] for row in recorded) == sorted(ids)


def test_who_left_the_desk_is_not_shown_as_a_code(database: Database):
    database.admin().execute(
        "INSERT INTO desk.volunteers (volunteer_id, register, role, name, left_desk) VALUES "
        "('desk-1', 'main', 'staff', 'Camille Charvolin', false), "
        "('desk-9', 'main', 'volunteer', NULL, true)"
    )

    assert Lists(database.pool("desk")).volunteers(CAMILLE) == {
        "desk-1": "Camille Charvolin",
        "desk-9": "quelqu’un qui a quitté la permanence",
    }
