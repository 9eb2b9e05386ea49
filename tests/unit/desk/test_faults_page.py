"""« À reprendre » says so where follow-up told only the oldest of what waits."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from services.desk.adapters.pages import Templates
from services.desk.application.site import Site
from services.desk.domain.viewer import Viewer
from services.desk.web.cases import CasePages
from shared.clock import VirtualClock
from shared.contracts.vocabulary import Role

CASE = UUID("0b9f6f0e-0000-4000-8000-000000000001")
KARINE = Viewer(
    volunteer_id="v-1", register="main", role=Role.VOLUNTEER, units=("team:ma-nice",), name="Karine"
)
FAULT: dict[str, Any] = {
    "kind": "no_next_action",
    "label": "pas de prochaine étape",
    "case_id": str(CASE),
    "case_reference": "S-000001",
    "deadline_id": None,
    "deadline_reference": None,
    "since": "2026-04-20T10:00:00+00:00",
}
FORGOTTEN, MORE = "Personne n’est oublié", "Il y en a d’autres"


def page(*, told: int, seen: bool) -> str:
    """The page where follow-up tells so many faults, of a case that Karine may see or not."""
    row = SimpleNamespace(case_id=CASE, named="DUPONT Jean", establishment=None)
    follow_up = SimpleNamespace(
        deadlines_among=lambda _viewer, _ids: {},
        cases_among=lambda _viewer, _ids, now: {CASE: row} if seen else {},
    )
    lists = SimpleNamespace(
        places=list, count_alerts=lambda _viewer: 0, requests_among=lambda _viewer, _ids: {}
    )
    doors = SimpleNamespace(viewer=lambda _token, now: KARINE, shown=lambda *_args, now: None)
    desk = CasePages()
    desk.site = Site(
        doors=cast("Any", doors),
        lists=cast("Any", lists),
        follow_up=cast("Any", follow_up),
        system=cast("Any", None),
        mailer=cast("Any", None),
        pages=Templates(),
        owners=cast("Any", SimpleNamespace(ask=lambda *_args, **_named: [FAULT] * told)),
        clock=VirtualClock(datetime(2026, 4, 24, 10, 0, tzinfo=UTC)),
        url="http://localhost",
    )
    asked = EnvironBuilder("/suivis/a-reprendre", headers={"Cookie": "permanence=s"})
    return desk.faults(Request(asked.get_environ())).get_data(as_text=True)


@pytest.mark.parametrize(
    ("told", "seen", "forgotten", "more"),
    [
        (0, False, True, False),
        (1, False, True, False),
        (1, True, False, False),
        (500, False, False, True),
        (500, True, False, True),
    ],
)
def test_nobody_is_said_to_be_not_forgotten_where_not_all_was_looked_at(
    told, seen, forgotten, more
):
    shown = page(told=told, seen=seen)

    assert (FORGOTTEN in shown) is forgotten
    assert (MORE in shown) is more
