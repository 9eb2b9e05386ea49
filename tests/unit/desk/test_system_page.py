"""« État du système » says what an administrator has to see to."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from services.desk.adapters.pages import Templates
from services.desk.application.site import Site
from services.desk.domain.viewer import Viewer
from services.desk.web.system import SystemPages
from shared.clock import VirtualClock
from shared.contracts.vocabulary import Role

ADMIN = Viewer(volunteer_id="v-1", register="main", role=Role.ADMIN, units=(), name="Lou")


class Owners:
    """Services that read nothing, and an intake with mails in ``failed/``."""

    def __init__(self, failed_mail: list[str]) -> None:
        self._failed_mail = failed_mail

    def ask(self, _service: str, method: str, **_payload: Any) -> Any:
        return self._failed_mail if method == "failed_mail" else {"subscriptions": [], "parked": []}


@pytest.mark.parametrize(
    ("names", "told"), [([], None), (["a"], "1\N{NO-BREAK SPACE}courriel à lire à la main")]
)
def test_mail_that_was_set_aside_is_told_without_its_name(names: list[str], told: str | None):
    desk = SystemPages()
    nothing = SimpleNamespace(subscriptions=list, parked=list, count_alerts=lambda _viewer: 0)
    doors = SimpleNamespace(viewer=lambda _token, now: ADMIN)
    desk.site = Site(
        doors=cast("Any", doors),
        lists=cast("Any", nothing),
        follow_up=cast("Any", None),
        system=cast("Any", nothing),
        mailer=cast("Any", None),
        pages=Templates(),
        owners=cast("Any", Owners([f"{name}-dupont.eml" for name in names])),
        clock=VirtualClock(datetime(2026, 4, 24, 10, 0, tzinfo=UTC)),
        url="http://localhost",
    )
    asked = EnvironBuilder("/systeme", headers={"Cookie": "permanence=s"})

    shown = desk.system(Request(asked.get_environ())).get_data(as_text=True)

    assert ("à lire à la main" in shown) is (told is not None)
    assert told is None or told in shown
    assert "dupont" not in shown
