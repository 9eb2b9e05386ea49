"""What a row of the list and the page of one request show, without the services they ask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from services.desk.adapters.pages import Templates
from services.desk.application.site import Site
from services.desk.domain import french
from services.desk.domain.rows import AlertRow, DeadlineRow, RequestRow, View
from services.desk.domain.viewer import Viewer
from services.desk.web.requests import RequestPages
from services.intake.application.tell import describe
from services.intake.domain.request import Request as Intake
from shared.clock import VirtualClock
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import Channel, RequestState, Role, Urgency
from shared.errors import PermanenceError
from shared.messaging import NoAnswer

NOW = datetime(2026, 4, 24, 10, 0, tzinfo=UTC)
REQUEST = UUID("0b9f6f0e-0000-4000-8000-000000000001")
VIEWER = Viewer(volunteer_id="v-1", register="main", role=Role.STAFF, units=("desk",), name="Anne")


def row(**changed: Any) -> RequestRow:
    """A request of the desk that somebody works on."""
    told: dict[str, Any] = {
        "request_id": REQUEST,
        "register": "main",
        "alias": None,
        "channel": "letter",
        "state": "in_progress",
        "urgency": "normal",
        "received_on": date(2026, 4, 20),
        "establishment": None,
        "requester_kind": None,
        "language": "fr",
        "topics": [],
        "special_situations": [],
        "missing": [],
        "danger": False,
        "danger_handled": False,
        "other_content": False,
        "undelivered": False,
        "waiting_for": None,
        "duplicate_of": None,
        "answered_on": None,
        "outcome": None,
        "closed_by": None,
        "person_id": UUID(int=1),
        "given": None,
        "family": None,
        "requester": None,
        "unit": "desk",
        "assignment_state": "accepted",
        "volunteer_id": "v-1",
        "rule": None,
        "reason": None,
        "reason_fr": None,
        "also": [],
        "informed": [],
        "answer_due_on": None,
        "needs_review": False,
        "set_aside": False,
        "escalated": False,
        "policy_version": None,
        "looked_at": [],
        "refusal": None,
    }
    return RequestRow(**told | changed)


def deadline(**changed: Any) -> DeadlineRow:
    """A hearing of tomorrow."""
    told: dict[str, Any] = {
        "deadline_id": UUID(int=2),
        "register": "main",
        "request_id": REQUEST,
        "case_id": None,
        "state": "running",
        "kind": "hearing",
        "prudent": "2026-04-25",
        "last": "2026-04-25",
        "alert_at": None,
        "terms": {"reservations": [], "zone": "metro"},
        "set_by": None,
        "ending": None,
        "unit": "desk",
    }
    return DeadlineRow(**told | changed)


def alert(state: str, sent_at: datetime | None) -> AlertRow:
    """An alert about the request."""
    return AlertRow(
        alert_id=UUID(int=3),
        cause="assignment:1",
        kind="assignment",
        urgency="high",
        recipient="v-1",
        escalated=False,
        state=state,
        about="demande à prendre",
        due_at=NOW,
        sent_at=sent_at,
        acknowledged_by=None,
        request_id=REQUEST,
        case_id=None,
        deadline_id=None,
    )


def known(**changed: Any) -> dict[str, Any]:
    """What intake tells of a request that it knew before this system: nothing of it was read."""
    return describe(Intake(request_id=REQUEST, state=RequestState.IN_PROGRESS, **changed))


class Owners:
    """Intake tells the answers by method, or does not answer; nobody else does."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers

    def ask(self, service: str, method: str, **payload: Any) -> Any:
        if method not in self.answers:
            raise NoAnswer(f"{service}: no answer")
        return self.answers[method]

    def tell(self, service: str, method: str, **payload: Any) -> Any:
        raise PermanenceError(method)


def pages(
    one: RequestRow,
    *deadlines: DeadlineRow,
    alerts: Sequence[AlertRow] = (),
    **answers: Any,
) -> RequestPages:
    made = RequestPages()
    lists = SimpleNamespace(
        request=lambda _viewer, _id: one,
        requests=lambda _viewer, _view, today, page: [one],
        requests_among=lambda _viewer, _ids: {},
        counts=lambda _viewer, today: dict.fromkeys(View, 1),
        count_alerts=lambda _viewer: 0,
        alerts=lambda _viewer, _id: [],
        alerts_to=lambda _viewer, page: list(alerts),
        places=list,
        active_teams=lambda _viewer: [],
        volunteers=lambda _viewer: {"v-1": "Anne"},
    )
    follow_up = SimpleNamespace(
        deadlines_about=lambda _viewer, _id: list(deadlines),
        cases_of=lambda _viewer, _id, now: [],
    )
    doors = SimpleNamespace(viewer=lambda _token, now: VIEWER, shown=lambda *_args, **_named: None)
    made.site = Site(
        doors=cast("Any", doors),
        lists=cast("Any", lists),
        follow_up=cast("Any", follow_up),
        system=cast("Any", None),
        mailer=cast("Any", None),
        pages=Templates(),
        owners=Owners(answers),
        clock=VirtualClock(NOW),
        url="http://localhost",
    )
    return made


def asked(path: str) -> Request:
    return Request(EnvironBuilder(path, headers={"Cookie": "permanence=s"}).get_environ())


def listed(one: RequestRow) -> str:
    """The row of the request in a list."""
    page = pages(one).requests(asked("/demandes")).get_data(as_text=True)
    [found] = re.findall(r'<li class="row .*?</li>', page, re.DOTALL)
    return str(found)


def shown(one: RequestRow, *deadlines: DeadlineRow, **answers: Any) -> str:
    """The page of the request; ``answers`` are intake's, by method."""
    desk = pages(one, *deadlines, **answers)
    return desk.request_page(asked(f"/demandes/{REQUEST}"), REQUEST).get_data(as_text=True)


def test_a_row_says_in_red_which_deadline_was_missed():
    found = listed(row(missed_kind="oqtf_appeal", missed_prudent="2026-04-22"))

    assert '<span class="due late">Recours contre une OQTF, dépassée' in found
    assert "mercredi 22 avril 2026" in found


def test_a_row_tells_the_deadline_that_runs_after_the_reply_too():
    running = {"deadline_kind": "hearing", "deadline_state": "running"}
    found = listed(row(state="answered", **running, deadline_prudent="2026-04-25"))

    assert "samedi 25 avril 2026" in found
    assert ">répondue<" in found


def test_whoever_notes_the_reply_is_told_which_deadlines_stay_open():
    with_one, with_none = shown(row(), deadline()), shown(row(), deadline(state="met"))

    assert "Noter la réponse n’arrête rien d’autre" in with_one
    assert "Noter la réponse n’arrête" not in with_none


def test_a_reply_that_came_back_asks_for_another_one():
    came_back = shown(row(state="answered", undelivered=True, answer_due_on=date(2026, 4, 30)))
    answered = shown(row(state="answered", answer_due_on=date(2026, 4, 30)))

    assert "Rouvrez la demande pour répondre par une autre voie" in came_back
    assert "<details open><summary>Rouvrir" in came_back
    assert "jeudi 30 avril 2026" in came_back
    assert "<details><summary>Rouvrir" in answered
    assert "jeudi 30 avril 2026" not in answered


def test_an_alert_that_could_not_be_sent_leads_to_what_it_is_about_and_has_no_button():
    def told(one: AlertRow) -> str:
        return pages(row(), alerts=[one]).alerts(asked("/alertes")).get_data(as_text=True)

    failed, left = told(alert("delivery_failed", None)), told(alert("sent", NOW))

    assert "N’a pas pu être envoyée" in failed
    assert f'href="/demandes/{REQUEST}"' in failed
    assert "<button aria-label" not in failed
    assert "<button aria-label" in left


@pytest.mark.parametrize(
    ("of_intake", "listed_as", "tag"),
    [
        (Urgency.NORMAL, "critical", "u-critical"),
        (Urgency.HIGH, "normal", "u-high"),
        (None, "low", "u-low"),
    ],
)
def test_the_page_shows_the_graver_urgency_as_the_list_does(of_intake, listed_as, tag):
    page = shown(row(urgency=listed_as), describe_request=known(urgency=of_intake))

    assert page.split("</h1>")[1].split('<span class="tag ')[1].startswith(tag)


def test_a_request_known_before_this_system_has_its_page():
    page = shown(row(channel=None), describe_request=known())

    assert "Connue avant ce système" in page
    assert "Noter la réponse" in page


def test_what_is_left_of_a_person_who_was_erased_has_its_page():
    facts = RequestFacts(channel=Channel.LETTER, received_on=NOW.date(), received_at=NOW)
    gone = {"sha256": "0" * 64, "media_type": "text/plain", "size_bytes": 7, "part_count": 1}

    page = shown(
        row(),
        describe_request=known(facts=facts),
        list_originals=[gone],
        get_original=gone | {"content_base64": None},
    )

    assert "Le texte a été effacé." in page


def test_both_dates_of_a_deadline_overseas_stand_with_the_hour_of_paris():
    terms = {"reservations": [], "zone": "martinique"}
    page = shown(row(), deadline(prudent="2026-04-27T15:30", last="2026-04-28T15:30", terms=terms))

    text = " ".join(re.sub(r"<[^>]*>", "", page).replace(french.NBSP, " ").split())
    assert "Lundi 27 avril 2026 à 15 h 30 (heure locale) dans 3 jours soit lundi 27 avril" in text
    assert "mardi 28 avril 2026 à 15 h 30 (heure locale) soit mardi 28 avril 2026 à 21 h 30" in text
