"""A deadline's form asks for what is so; a correction keeps what the form does not show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from services.desk.domain import words
from services.desk.domain.rows import DeadlineRow
from services.desk.domain.viewer import Viewer
from services.desk.web import base, deadlines
from shared.clock import VirtualClock
from shared.contracts.vocabulary import Role
from shared.messaging import NoAnswer

ID = UUID("0b9f6f0e-0000-4000-8000-000000000001")
CAMILLE = Viewer(
    volunteer_id="desk-1", register="main", role=Role.STAFF, units=("desk",), name="Camille"
)


def row(prudent: str | None = "2026-04-27", **terms: Any) -> DeadlineRow:
    return DeadlineRow(
        deadline_id=ID,
        register="main",
        request_id=None,
        case_id=ID,
        state="candidate",
        kind="oqtf_appeal",
        prudent=prudent,
        last=prudent,
        alert_at=None,
        terms=terms,
        set_by=None,
        ending=None,
    )


def counted(**changed: str) -> DeadlineRow:
    told = {"rule": "oqtf-detained", "trigger_on": "2026-04-20T15:30", "zone": "martinique"}
    return row(**told | changed)


def form(**fields: str) -> dict[str, str]:
    sent = {"kind": "oqtf_appeal", "rule": "oqtf-detained", "trigger_on": "2026-04-21"}
    return sent | fields


def test_another_first_day_keeps_whose_holidays_count_and_the_period_of_the_text():
    sent = deadlines.corrected(form(), counted(period_stated="sept jours"))

    assert sent["zone"] == "martinique"
    assert sent["period_stated"] == "sept jours"
    assert sent["trigger_on"] == "2026-04-21"


def test_another_court_decides_anew_whose_holidays_count():
    assert "zone" not in deadlines.corrected(form(before="TA Melun"), counted())


def test_another_rule_decides_anew_whose_holidays_count():
    assert "zone" not in deadlines.corrected(form(rule="cnda-appeal"), counted())


def test_a_day_in_place_of_a_rule_keeps_whose_hour_counts():
    sent = deadlines.corrected({"kind": "oqtf_appeal", "on": "2026-04-29"}, counted())
    assert sent["zone"] == "martinique"


def test_a_given_day_goes_with_its_hour():
    sent = deadlines.terms_sent({"kind": "hearing", "on": "2026-05-20", "on_hour": "14:30"})

    assert sent == {"kind": "hearing", "on": "2026-05-20T14:30"}


def test_a_form_asks_for_what_is_so_when_it_is_sent_twice():
    now = counted()
    same = form(trigger_on="2026-04-20", trigger_hour="15:30", before="TA Melun")

    assert deadlines.asks(same, now)
    assert not deadlines.asks(form(), now)
    given = row(prudent="2026-05-20T14:30")
    assert deadlines.asks({"kind": "oqtf_appeal", "on": "2026-05-20", "on_hour": "14:30"}, given)


def test_what_the_page_showed_changes_with_each_term():
    seen = {deadlines.shown_as(one) for one in (counted(), counted(zone="metro"), row(), row(None))}

    assert len(seen) == 4


def test_rules_stand_under_the_nature_that_each_counts_first():
    rules = [
        {"rule": "cnda-appeal", "kinds": ["cnda_appeal"]},
        {"rule": "oqtf-detained", "kinds": ["oqtf_appeal", "refusal_appeal"]},
        {"rule": "cnda-rest", "kinds": ["cnda_appeal"]},
    ]

    groups = [(kind, [one["rule"] for one in found]) for kind, found in words.rule_groups(rules)]

    assert groups == [
        ("Recours contre une OQTF", ["oqtf-detained"]),
        ("Recours CNDA", ["cnda-appeal", "cnda-rest"]),
    ]


class FollowUp:
    """Tells no rule, and keeps what it is told to do."""

    def __init__(self, rules: list[dict[str, Any]] | None) -> None:
        self.rules = rules
        self.told: dict[str, Any] = {}

    def ask(self, service: str, method: str, **payload: Any) -> Any:
        if self.rules is None or method != "list_rules":
            raise NoAnswer(f"{service}: no answer")
        return self.rules

    def tell(self, service: str, method: str, **payload: Any) -> dict[str, str]:
        self.told = payload
        return {"deadline_id": str(ID)}


def sent_to(follow_up: FollowUp, path: str, **fields: str) -> dict[str, Any]:
    """What follow-up is told when the form is sent; the desk knows one deadline and its case."""
    desk = deadlines.DeadlinePages()
    known = counted()
    desk.site = cast(
        "Any",
        SimpleNamespace(
            owners=follow_up,
            clock=VirtualClock(datetime(2026, 4, 24, 10, 0, tzinfo=UTC)),
            cookie="permanence",
            host="localhost",
            url="http://localhost",
            doors=SimpleNamespace(viewer=lambda _token, now: CAMILLE),
            follow_up=SimpleNamespace(
                deadline=lambda _viewer, _id: replace(known, unit="desk"),
                case=lambda _viewer, _id, now: SimpleNamespace(informed=()),
            ),
        ),
    )
    typed = form(**fields) | {"jeton": base._token("s"), "vu": deadlines.shown_as(known)}
    headers = {"Cookie": "permanence=s"}
    asked = Request(EnvironBuilder(path, "POST", data=typed, headers=headers).get_environ())
    answer = (
        desk.set_deadline(asked)
        if path.endswith("nouvelle")
        else desk.deadline_action(asked, ID, "corriger")
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return follow_up.told


@pytest.mark.parametrize("path", ["/echeances/nouvelle", f"/echeances/{ID}/corriger"])
def test_days_that_were_typed_are_sent_when_nobody_tells_which_the_rule_asks_for(path):
    days = {"aid_asked": "2026-04-22", "decided_on": "2026-04-19"}
    rule = {"rule": "oqtf-detained", "asks": ["aid_asked"], "needs": []}

    silent = sent_to(FollowUp(None), path, suivi=str(ID), **days)
    telling = sent_to(FollowUp([rule]), path, suivi=str(ID), **days)

    assert {name: silent.get(name) for name in days} == days
    assert telling["aid_asked"] == "2026-04-22"
    assert "decided_on" not in telling
