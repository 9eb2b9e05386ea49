"""A mail is traced where that is possible; it leaves all the same where it is not."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.notifications.adapters.traced import TracedChannel
from services.notifications.application.ports import Answer, Contact, Mail, Outcome
from services.notifications.domain.cause import ladder_of
from services.notifications.domain.plan import plan
from shared import tracing
from shared.eventstore import DatabaseUnavailable

from .people import EVERYBODY, HOURS, POLICY, letter

CAUSE = letter("2026-11-02 10:00")
ALERTS = plan(CAUSE, ladder_of(CAUSE, POLICY), EVERYBODY, HOURS).alerts[:2]  # type: ignore[arg-type]  # it has one
MAIL = Mail(
    message_id="<a@cimade.example>",
    to=Contact(name="Ada", email="ada@cimade.example", second_channel=None),
    channel="email",
    alerts=ALERTS,
    written_at=CAUSE.since + timedelta(minutes=1),
)


class Channel:
    """Takes every mail."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> Outcome:
        self.sent.append(mail)
        return Outcome(Answer.TAKEN)

    def rest(self) -> None: ...


def test_a_mail_leaves_though_its_trace_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "_exporter", exporter)
    monkeypatch.setattr(tracing, "_tracers", {})
    asked: list[str] = []

    def away(stream: str) -> list[object]:
        asked.append(stream)
        raise DatabaseUnavailable(None)

    channel = Channel()
    streams = SimpleNamespace(store=SimpleNamespace(load=away))

    outcome = TracedChannel(channel, cast("Any", streams)).send(MAIL)

    assert (outcome.answer, channel.sent) == (Answer.TAKEN, [MAIL])
    assert len(asked) == 1  # a second wait would only be longer
    assert [span.name for span in exporter.get_finished_spans()] == ["notifications sends a mail"]
