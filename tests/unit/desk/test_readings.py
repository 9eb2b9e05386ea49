"""The page for administrators knows how far every service is, and says who did not answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.desk.application.readings import all_readings
from services.desk.domain.rows import ParkedRow, SubscriptionRow
from shared.messaging import NoAnswer

SEEN = "2026-04-24T10:00:00+00:00"
OF_ROUTING = {
    "source": "intake",
    "state": "paused",
    "reason": "asked",
    "last_seen_at": SEEN,
    "parked_count": 1,
    "positions": {"0": 7},
}
PARKED = {
    "source": "intake",
    "stream": "request-1",
    "type": "RequestReceived",
    "position": 8,
    "error_type": "ValueError",
    "attempts": 5,
    "parked_at": SEEN,
}


class Owners:
    """Routing reads intake and is two events behind; notifications is away."""

    def ask(self, service: str, method: str, **payload: Any) -> Any:
        if service == "notifications":
            raise NoAnswer("notifications: no answer")
        if method == "log_lag":
            return {"0": [2, SEEN]} if payload["after"] == {"0": 7} else {"0": [0, None]}
        if method == "failed_mail":
            return ["20260424T100000.1_aa.x", "dropped.eml"]
        if service == "routing":
            return {"subscriptions": [OF_ROUTING], "parked": [PARKED]}
        return {"subscriptions": [], "parked": []}

    def tell(self, service: str, method: str, **payload: Any) -> Any:
        raise AssertionError("nothing is told")


class Tables:
    """The desk's own reading of notifications."""

    def subscriptions(self) -> list[SubscriptionRow]:
        return [
            SubscriptionRow(
                source="notifications",
                state="running",
                reason=None,
                parked_count=0,
                last_seen_at=datetime(2026, 4, 24, tzinfo=UTC),
            )
        ]

    def parked(self) -> list[ParkedRow]:
        return []

    def reached(self, source: str) -> dict[int, int]:
        return {0: 3}


def test_each_service_tells_how_far_it_is_in_the_logs_it_reads():
    found = all_readings(Owners(), Tables())

    [routing] = [one for one in found.subscriptions if one.consumer == "routing"]
    assert (routing.source, routing.state, routing.behind, routing.parked_count) == (
        "intake",
        "paused",
        2,
        1,
    )


def test_what_was_set_aside_is_told_without_its_content():
    [parked] = all_readings(Owners(), Tables()).parked

    assert (parked.consumer, parked.stream, parked.position) == ("routing", "request-1", 8)
    assert parked.error_text is None


def test_a_service_that_does_not_answer_is_named_and_its_lag_unknown():
    found = all_readings(Owners(), Tables())

    assert found.silent == ["notifications"]
    [desk] = [one for one in found.subscriptions if one.consumer == "desk"]
    assert desk.behind is None


def test_mail_that_a_person_must_read_is_counted_and_not_named():
    assert all_readings(Owners(), Tables()).failed_mail == 2


def test_mail_set_aside_is_unknown_while_intake_does_not_answer():
    class Away(Owners):
        def ask(self, service: str, method: str, **payload: Any) -> Any:
            if service == "intake":
                raise NoAnswer("intake: no answer")
            return super().ask(service, method, **payload)

    assert all_readings(Away(), Tables()).failed_mail is None
