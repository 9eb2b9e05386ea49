"""Traces across services: one request is one trace, from the edge to the mail that it leads to.

Off unless the standard ``OTEL_`` variables name a collector; then nothing here costs more than a
look at a variable. The W3C ``traceparent`` travels in RPC headers and in the metadata of events,
so that it outlives queues, restarts and replays. Attributes name services, methods, event types,
streams and positions: never a person, never a text.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT = "traceparent"
_ASKED_FOR_BY = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_W3C = TraceContextTextMapPropagator()

_lock = threading.Lock()
_tracers: dict[str, Tracer] = {}
_providers: list[TracerProvider] = []
_exporter: SpanExporter | None = None


def export_to(exporter: SpanExporter) -> None:
    """Trace all services that start from now on, into ``exporter``; for tests."""
    global _exporter
    _exporter = exporter


def is_on() -> bool:
    """Whether spans are recorded."""
    if _exporter is not None:
        return True
    asked = any(os.environ.get(name) for name in _ASKED_FOR_BY)
    refused = os.environ.get("OTEL_TRACES_EXPORTER", "otlp") == "none"
    return asked and not refused and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true"


def flush() -> None:
    """Send what waits to be sent; called as a service stops."""
    for provider in _providers:
        provider.force_flush(2_000)


def current() -> str | None:
    """The ``traceparent`` of the span at work here; None outside any."""
    return traceparent_of(trace.get_current_span())


def traceparent_of(span: Span) -> str | None:
    """What a span's children name as their parent; None of one that is not recorded."""
    if not span.get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, trace.set_span_in_context(span, Context()))
    return carrier.get(TRACEPARENT)


def begun(
    service: str,
    name: str,
    *,
    kind: SpanKind,
    parent: object = None,
    also: Iterable[object] = (),
    facts: Mapping[str, str | int] | None = None,
) -> Span | None:
    """A span under ``parent`` (a traceparent), linked to ``also``; None while tracing is off."""
    if not is_on():
        return None
    links = [Link(trace.get_current_span(_context(one)).get_span_context()) for one in also]
    return _tracer(service).start_span(
        name,
        _context(parent),
        kind=kind,
        attributes=dict(facts or {}),
        links=[link for link in links if link.context.is_valid],
        record_exception=False,
        set_status_on_exception=False,
    )


def end(span: Span | None, error: BaseException | None = None) -> None:
    """End a span; of an error only its type is kept, for its text may name somebody."""
    if span is None:
        return
    if error is not None:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(Status(StatusCode.ERROR))
    span.end()


def enter(span: Span | None) -> None:
    """Make ``span`` the one at work in this green thread, until the next or the thread's end."""
    contexts.attach(Context() if span is None else trace.set_span_in_context(span, Context()))


@contextmanager
def spanning(
    service: str,
    name: str,
    *,
    kind: SpanKind,
    parent: object = None,
    also: Iterable[object] = (),
    facts: Mapping[str, str | int] | None = None,
) -> Iterator[Span | None]:
    """A span around a block."""
    span = begun(service, name, kind=kind, parent=parent, also=also, facts=facts)
    before = contexts.get_current()
    enter(span)
    try:
        yield span
    except BaseException as error:
        end(span, error)
        raise
    else:
        end(span)
    finally:
        contexts.attach(before)


def _context(parent: object) -> Context:
    """Of a traceparent; an empty one if it is none, so that nothing is inherited by chance."""
    if not isinstance(parent, str):
        return Context()
    return _W3C.extract({TRACEPARENT: parent}, Context())


def _tracer(service: str) -> Tracer:
    with _lock:
        if service not in _tracers:
            _tracers[service] = _provider(service).get_tracer("permanence")
        return _tracers[service]


def _provider(service: str) -> TracerProvider:
    resource: dict[str, Any] = {"service.name": service, "service.namespace": "permanence"}
    provider = TracerProvider(resource=Resource.create(resource), shutdown_on_exit=False)
    if _exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(_exporter))
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _providers.append(provider)
    return provider


__all__ = [
    "TRACEPARENT",
    "Span",
    "SpanKind",
    "begun",
    "current",
    "end",
    "enter",
    "export_to",
    "flush",
    "is_on",
    "spanning",
    "traceparent_of",
]
