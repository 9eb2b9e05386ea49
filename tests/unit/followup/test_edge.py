"""The RPC methods: payloads checked field by field, answers with French labels, retries once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from services.followup.domain.errors import DeadlinesRunning, NotByRule, OutOfState, Unknown
from services.followup.service import FollowupService
from shared.deadlines import NotInForce, UnknownRule
from shared.errors import Invalid
from shared.eventstore import CommandReused

from .given import ANNE, REQUEST

OQTF = {
    "kind": "oqtf_appeal",
    "rule": "oqtf-detained",
    "trigger_on": "2026-11-02T10:00",
    "before": "TA Melun",
    "by": ANNE,
}


@pytest.fixture
def service(desk) -> FollowupService:
    """The service's methods over a real database, without a broker."""
    made = FollowupService()
    made.parts = SimpleNamespace(
        streams=desk.streams, store=desk.store, pool=desk.pool, clock=desk.clock
    )
    return made


def _referred(service: FollowupService, **more: Any) -> str:
    asked = {"source": "permanence", "by": ANNE, "request_id": str(REQUEST), **more}
    return service.receive_referral(**asked)["case_id"]


def _opened(service: FollowupService) -> str:
    case_id = _referred(service)
    service.accept_referral(case_id, by=ANNE)
    service.open_case(case_id, by=ANNE)
    return case_id


def test_a_case_is_shown_with_labels_and_can_be_written_as_json(service):
    case_id = _opened(service)
    service.plan_step(case_id, kind="find_lawyer", due_on="2026-11-20", note="bâtonnier", by=ANNE)
    service.offer_appointment(
        case_id, starts_at="2026-11-06T14:00:00+01:00", place="Paris", by=ANNE
    )
    service.set_deadline(**OQTF, case_id=case_id)

    shown = json.loads(json.dumps(service.show_case(case_id)))

    assert (shown["state"], shown["state_label"]) == ("open", "ouvert")
    [step], [visit], [deadline] = shown["steps"], shown["appointments"], shown["deadlines"]
    assert (step["kind_label"], step["note"]) == ("trouver un·e avocat·e", "bâtonnier")
    assert (visit["starts_at"], visit["state_label"]) == ("2026-11-06T13:00:00+00:00", "proposé")
    assert (deadline["prudent"], deadline["last"]) == ("2026-11-09", "2026-11-10")
    assert (deadline["state_label"], deadline["confidence_label"]) == ("en cours", "moyen")
    assert deadline["reservations"]


def test_lists_can_be_written_as_json(service):
    case_id = _opened(service)
    service.set_deadline(**OQTF, case_id=case_id)
    bare = _referred(service, request_id=None, note="appel de Lyon")
    service.accept_referral(bare, by=ANNE)

    lists = json.loads(
        json.dumps([service.list_cases(), service.list_deadlines(), service.list_faults()])
    )

    assert {row["case_id"] for row in lists[0]} == {case_id, bare}
    assert [row["kind_label"] for row in lists[1]] == ["recours contre une OQTF"]
    [fault] = lists[2]
    assert (fault["case_id"], fault["label"]) == (
        bare,
        "Suivi ouvert sans prochaine étape, rendez-vous ni échéance",
    )


def test_lists_are_narrowed(service):
    case_id = _opened(service)
    service.set_deadline(**OQTF, case_id=case_id)

    assert service.list_cases(states=["closed"]) == []
    assert len(service.list_cases(request_id=str(REQUEST))) == 1
    assert service.list_deadlines(states=["missed"]) == []
    assert service.list_deadlines(alert_before="2026-11-09T00:00:00+01:00") == []
    assert len(service.list_deadlines(case_id=case_id)) == 1
    with pytest.raises(Invalid, match="alert_before: write an instant with its zone"):
        service.list_deadlines(alert_before="2026-11-09")


def test_the_same_command_id_is_carried_out_once(service):
    step, referral, setting = str(uuid4()), str(uuid4()), str(uuid4())
    case_id = _opened(service)
    for _ in range(2):
        service.plan_step(case_id, kind="find_lawyer", by=ANNE, command_id=step)
        _referred(service, request_id=None, command_id=referral)
        service.set_deadline(**OQTF, command_id=setting)

    assert len(service.show_case(case_id)["steps"]) == 1
    assert len(service.list_cases()) == 2
    assert len(service.list_deadlines()) == 1


def test_a_command_id_of_another_case_is_refused(service):
    step = str(uuid4())
    service.plan_step(_opened(service), kind="find_lawyer", by=ANNE, command_id=step)
    other = _referred(service, request_id=None)

    with pytest.raises(CommandReused):
        service.plan_step(other, kind="find_lawyer", by=ANNE, command_id=step)

    assert service.show_case(other)["steps"] == []


def test_terms_are_shown_before_they_are_set(service):
    asked = {name: value for name, value in OQTF.items() if name != "by"}

    shown = service.compute_deadline(**asked)

    assert (shown["prudent"], shown["last"], shown["zone"]) == ("2026-11-09", "2026-11-10", "metro")
    assert service.list_deadlines() == []


def test_a_deadline_is_corrected_then_met(service):
    deadline_id = service.set_deadline(**OQTF)["deadline_id"]

    corrected = service.correct_deadline(deadline_id, **{**OQTF, "trigger_on": "2026-11-03"})
    met = service.meet_deadline(deadline_id, proof="récépissé du greffe", by=ANNE)

    assert corrected["prudent"] == "2026-11-10"
    assert (met["state"], met["ending"]) == ("met", "récépissé du greffe")
    assert service.show_deadline(deadline_id)["state_label"] == "tenue"


def test_a_callback_falls_on_a_listening_day_unless_it_is_urgent(service):
    asked = {"kind": "callback", "asked_on": "2026-03-21", "by": ANNE}

    assert service.set_deadline(**asked)["prudent"] == "2026-03-24"
    assert service.set_deadline(**asked, urgent=True)["prudent"] == "2026-03-21"


def test_a_tick_misses_what_passed(service, desk):
    service.set_deadline(**OQTF)
    desk.clock.move_to(datetime(2026, 11, 11, tzinfo=UTC))

    assert service.tick() == 1
    assert service.tick() == 0


def test_a_case_does_not_close_over_a_running_deadline(service):
    case_id = _opened(service)
    deadline_id = service.set_deadline(**OQTF, case_id=case_id)["deadline_id"]

    with pytest.raises(DeadlinesRunning, match=deadline_id):
        service.close_case(case_id, outcome="right_obtained", by=ANNE)
    service.drop_deadline(deadline_id, reason="décision retirée", by=ANNE)
    closed = service.close_case(case_id, outcome="right_obtained", by=ANNE)
    assert closed["outcome_label"] == "droit obtenu"


def test_the_rules_are_listed_for_a_form(service):
    listed = {rule["rule"]: rule for rule in service.list_rules()}

    assert len(listed) == 84
    assert listed["oqtf-old-48h"]["effective_to"] == "2024-07-14"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({**OQTF, "kind": "lunch"}, "kind"),
        ({**OQTF, "by": ""}, "by"),
        ({**OQTF, "surprise": 1}, "surprise"),
        ({**OQTF, "trigger_on": None}, "trigger_on"),
        ({**OQTF, "trigger_on": "soon"}, "trigger_on"),
        ({**OQTF, "on": "2026-11-09"}, "on"),
        ({"kind": "hearing", "by": ANNE}, "on"),
        ({"kind": "hearing", "by": ANNE, "on": "9999-12-31"}, "on"),
        ({"kind": "callback", "by": ANNE, "asked_on": "9999-12-31"}, "asked_on"),
        ({**OQTF, "case_id": "x"}, "case_id"),
        ({**OQTF, "residence": "moon"}, "residence"),
    ],
)
def test_a_bad_deadline_names_the_field(service, payload, field):
    with pytest.raises(Invalid) as refusal:
        service.set_deadline(**payload)

    assert field in refusal.value.fields
    assert service.list_deadlines() == []


def test_what_the_calculator_refuses_reaches_the_caller(service):
    with pytest.raises(UnknownRule, match="did you mean oqtf-detained"):
        service.set_deadline(**{**OQTF, "rule": "oqtf-detaine"})
    with pytest.raises(NotInForce, match="oqtf-old-48h"):
        service.set_deadline(**{**OQTF, "decided_on": "2024-07-01"})


def test_refusals_of_the_domain_reach_the_caller(service):
    case_id = _referred(service)

    with pytest.raises(OutOfState, match="open_case needs accepted"):
        service.open_case(case_id, by=ANNE)
    with pytest.raises(NotByRule):
        service.accept_referral(case_id, by="rule R11")
    with pytest.raises(Unknown, match="case_id"):
        service.accept_referral(str(uuid4()), by=ANNE)
    with pytest.raises(Unknown, match="deadline_id"):
        service.confirm_deadline(str(uuid4()), by=ANNE)
    with pytest.raises(Invalid, match="case_id: is no id"):
        service.show_case("x")
    with pytest.raises(Invalid) as refusal:
        service.receive_referral(source="a neighbour", by=ANNE)
    assert "source" in refusal.value.fields
