"""The pages that record a request, where the service that keeps it does not answer as it should."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from services.desk.adapters.pages import Templates
from services.desk.application.site import Site
from services.desk.domain.viewer import Viewer
from services.desk.web import base
from services.desk.web.recording import RecordPages
from services.intake.application.receive import ContentDiffers
from shared.clock import VirtualClock
from shared.contracts.vocabulary import Role
from shared.errors import PermanenceError
from shared.messaging import NoAnswer

SECRET = "s"
VIEWER = Viewer(
    volunteer_id="v-1", register="main", role=Role.VOLUNTEER, units=("team:ma-nice",), name="Anne"
)
LETTER = {"received_on": "2026-04-23", "transcription": "Bonjour, écrou 77 215", "back": "X"}
REQUEST = UUID("0b9f6f0e-0000-4000-8000-000000000001")


class Owners:
    """Intake: says ``answer`` to everything, or raises it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.told: list[dict[str, Any]] = []

    def ask(self, service: str, method: str, **payload: Any) -> Any:
        return self.tell(service, method)

    def tell(self, service: str, method: str, **payload: Any) -> Any:
        self.told.append(payload)
        if isinstance(self.answer, PermanenceError):
            raise self.answer
        return self.answer


def pages(answer: Any, row: Any = None) -> RecordPages:
    made = RecordPages()
    lists = SimpleNamespace(
        places=list, count_alerts=lambda _viewer: 0, request=lambda _viewer, _id: row
    )
    made.site = Site(
        doors=cast("Any", SimpleNamespace(viewer=lambda _token, now: VIEWER)),
        lists=cast("Any", lists),
        follow_up=cast("Any", None),
        system=cast("Any", None),
        mailer=cast("Any", None),
        pages=Templates(),
        owners=Owners(answer),
        clock=VirtualClock(datetime(2026, 4, 24, 10, 0, tzinfo=UTC)),
        url="http://localhost",
    )
    return made


def asked(path: str, form: dict[str, str] | None = None) -> Request:
    method = "GET" if form is None else "POST"
    builder = EnvironBuilder(
        path, method=method, data=form, headers={"Cookie": f"permanence={SECRET}"}
    )
    return Request(builder.get_environ())


def sent(desk: RecordPages, **changed: str) -> Response:
    form = LETTER | {"jeton": base._token(SECRET)} | changed
    return desk.record_sent(asked("/enregistrer/lettre", form), "lettre")


def looked(desk: RecordPages, query: str = "") -> Response:
    return desk.recorded(asked(f"/enregistree/{REQUEST}{query}"), REQUEST)


def _command(page: str) -> str:
    [found] = re.findall(r'name="command_id" value="([^"]*)"', page)
    return str(found)


def test_if_nobody_answers_the_text_is_kept_and_sent_again_as_the_same():
    command = str(uuid4())

    answer = sent(pages(NoAnswer("intake: no answer")), command_id=command)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "ne répond pas en ce moment" in page
    assert "Bonjour, écrou 77 215</textarea>" in page
    assert 'value="2026-04-23"' in page
    assert _command(page) == command


def test_a_form_that_served_for_another_text_asks_and_then_makes_a_request_of_its_own():
    command = str(uuid4())

    answer = sent(pages(ContentDiffers(REQUEST)), command_id=command)

    page = answer.get_data(as_text=True)
    assert "a déjà enregistré une demande, avec d’autres mots" in page
    assert "Bonjour, écrou 77 215</textarea>" in page
    assert _command(page) != command


def test_intake_is_told_who_recorded_in_which_register_and_under_the_forms_own_id():
    desk = pages({"request_id": str(REQUEST), "heads": {}})
    desk.hear_of_it = lambda service: None  # type: ignore[method-assign]
    command = str(uuid4())

    answer = sent(desk, command_id=command)

    [told] = cast("Owners", desk.site.owners).told
    assert (told["by"], told["register"], told["command_id"]) == ("v-1", "main", command)
    assert answer.headers["Location"] == f"/enregistree/{REQUEST}"


def test_until_the_desk_has_read_it_the_page_looks_again_by_itself_and_then_stops():
    desk = pages([{"sha256": "x"}])

    first, last = looked(desk), looked(desk, "?fois=10")

    assert first.headers["Refresh"] == f"1; url=/enregistree/{REQUEST}?fois=2"
    assert "En cours de lecture" in first.get_data(as_text=True)
    assert "Refresh" not in last.headers
    assert "plus de temps que d’ordinaire" in last.get_data(as_text=True)


def test_it_leads_on_to_a_request_that_came_to_ones_own_team():
    answer = looked(pages([], SimpleNamespace(unit="team:ma-nice", informed=())))

    assert answer.headers["Location"] == f"/demandes/{REQUEST}?fait=enregistree"


def test_whoever_recorded_for_others_is_told_so_and_no_more():
    answer = looked(pages([], SimpleNamespace(unit="desk", informed=())))

    page = answer.get_data(as_text=True)
    assert "confiée à d’autres que vous" in page
    assert "Refresh" not in answer.headers


def test_a_request_that_is_none_is_not_waited_for():
    with_none = looked(pages([]))

    assert with_none.status_code == 404
