"""The mail at the end of a trace: one span a message, in the trace of its most urgent alert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from services.notifications.application.ports import Channel, Mail, Outcome
from shared import tracing
from shared.errors import PermanenceError
from shared.eventstore import Streams
from shared.tracing import TRACEPARENT, SpanKind

_log = structlog.get_logger("notifications")


@dataclass(frozen=True, slots=True)
class TracedChannel:
    """A channel whose messages are traced, when tracing is on."""

    channel: Channel
    streams: Streams

    def send(self, mail: Mail) -> Outcome:
        """As the channel does; other alerts of the message are linked."""
        if not tracing.is_on():
            return self.channel.send(mail)
        first, *others = self._causes(mail) or [None]
        with tracing.spanning(
            "notifications",
            "notifications sends a mail",
            kind=SpanKind.CLIENT,
            parent=first,
            also=others,
            facts={"permanence.alerts": len(mail.alerts)},
        ) as span:
            outcome = self.channel.send(mail)
            if span is not None:
                span.set_attribute("permanence.answer", outcome.answer.value)
            return outcome

    def rest(self) -> None:
        """As the channel does."""
        self.channel.rest()

    def _causes(self, mail: Mail) -> list[object]:
        """The traces of all alerts; none if they cannot be read: a mail that was begun leaves."""
        try:
            return [self._cause(alert.alert_id) for alert in mail.alerts]
        except PermanenceError as error:
            _log.warning("trace_not_found", exc_info=error)
            return []

    def _cause(self, alert_id: Any) -> object:
        """The trace in which the alert was planned."""
        stored = self.streams.store.load(f"alert-{alert_id}")
        return stored[0].metadata.get(TRACEPARENT) if stored else None
