"""The batch as a handler gets it: going through it, log lines and spans belong to its events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

from shared import tracing
from shared.logging import at_work
from shared.messaging._delivered import Delivered, caused_by
from shared.tracing import TRACEPARENT, SpanKind


class Batch(list[Delivered]):
    """A list that tells, while it is gone through, which event is at work.

    A context manager around the handling: each event with a ``traceparent`` gets a span of that
    trace, which the events that it causes go on from (``caused_by``).
    """

    def __init__(self, delivered: Sequence[Delivered], *, consumer: str) -> None:
        super().__init__(delivered)
        self._spans: list[tracing.Span | None] = [self._span(one, consumer) for one in delivered]
        self[:] = [
            one if span is None else _continued(one, span)
            for one, span in zip(delivered, self._spans, strict=True)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for span in self._spans:
            tracing.end(span, error)

    def __iter__(self) -> Iterator[Delivered]:
        for delivered, span in zip(super().__iter__(), self._spans, strict=True):
            at_work(partial(_facts, delivered))
            if span is not None:
                tracing.enter(span)
            yield delivered
        at_work(None)
        if any(self._spans):
            tracing.enter(None)

    @staticmethod
    def _span(delivered: Delivered, consumer: str) -> tracing.Span | None:
        parent = delivered.metadata.get(TRACEPARENT)
        if parent is None or delivered.replay:
            return None
        return tracing.begun(
            consumer,
            f"{consumer} handles {delivered.type}",
            kind=SpanKind.CONSUMER,
            parent=parent,
            facts={
                "messaging.system": "rabbitmq",
                "messaging.destination.name": f"{delivered.source}.events",
                "permanence.event.type": delivered.type,
                "permanence.event.stream": delivered.stream,
                "permanence.event.position": delivered.position,
            },
        )


def _facts(delivered: Delivered) -> dict[str, Any]:
    cause = caused_by(delivered)
    return {
        "source": delivered.source,
        "stream": delivered.stream,
        "position": delivered.position,
        "correlation_id": cause["correlation_id"],
        "causation_id": cause["causation_id"],
    }


def _continued(delivered: Delivered, span: tracing.Span) -> Delivered:
    at = tracing.traceparent_of(span)
    return delivered._replace(metadata={**delivered.metadata, TRACEPARENT: at})
