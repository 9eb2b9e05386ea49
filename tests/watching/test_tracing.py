"""One request is one trace, from intake's edge to the mail, and no span names a person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import tracing
from shared.tracing import SpanKind
from tests.watching.served import ROOT

Told = dict[str, Any]


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    with tempfile.TemporaryDirectory(prefix="permanence-traced-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.watching.traced", folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        yield json.loads(done.stdout.splitlines()[-1])


def trace_of(told: Told, name: str) -> dict[str, Told]:
    """The spans of the trace that holds ``name``, by their ids."""
    [root] = [span for span in told["spans"] if span["name"] == name]
    trace = root["context"]["trace_id"]
    return {
        span["context"]["span_id"]: span
        for span in told["spans"]
        if span["context"]["trace_id"] == trace
    }


@pytest.mark.slow
def test_one_request_is_one_trace_from_the_edge_to_the_mail(told: Told) -> None:
    spans = trace_of(told, "intake.submit")

    [mail, *_] = [one for one in spans.values() if one["name"] == "notifications sends a mail"]
    way = [mail["name"]]
    while parent := mail["parent_id"]:
        mail = spans[parent]
        way.append(mail["name"])
    assert way[-1] == "intake.submit"
    assert way[1].startswith("notifications handles ")
    assert way[2].split(" handles ")[0] in {"routing", "followup"}
    names = {span["name"].split(" handles ")[0] for span in spans.values()}
    assert {"routing", "followup", "notifications", "desk"} <= names
    services = {span["resource"]["attributes"]["service.name"] for span in spans.values()}
    assert services == {"intake", "routing", "followup", "notifications", "desk"}


@pytest.mark.slow
def test_events_keep_the_trace_beside_correlation_and_cause(told: Told) -> None:
    spans = trace_of(told, "intake.submit")
    [trace] = {span["context"]["trace_id"].removeprefix("0x") for span in spans.values()}

    by_service: dict[str, list[Told]] = {}
    for service, _type, metadata in told["events"]:
        if metadata.get("traceparent", "").split("-")[1:2] == [trace]:
            by_service.setdefault(service, []).append(metadata)
    assert by_service.keys() == {"intake", "routing", "followup", "notifications"}
    correlations = {one["correlation_id"] for events in by_service.values() for one in events}
    assert len(correlations) == 1
    assert all("causation_id" in one for one in by_service["routing"])


@pytest.mark.slow
def test_services_of_one_process_log_under_their_own_names(told: Told) -> None:
    assert {"intake", "routing", "followup", "notifications"} <= set(told["leads"])


@pytest.mark.slow
def test_no_span_names_a_person(told: Told) -> None:
    assert "Canaryev" not in json.dumps(told["spans"])
    assert "71717" not in json.dumps(told["spans"])


def test_an_error_is_kept_by_its_type_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "_exporter", exporter)
    monkeypatch.setattr(tracing, "_tracers", {})

    with (
        pytest.raises(ValueError, match="Zoltan"),
        tracing.spanning("intake", "intake.submit", kind=SpanKind.SERVER),
    ):
        raise ValueError("Zoltan Canaryev")

    [span] = exporter.get_finished_spans()
    assert "Canaryev" not in span.to_json()
    assert span.attributes == {"error.type": "ValueError"}
    assert not span.events


def test_off_unless_the_environment_names_a_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    assert not tracing.is_on()
    assert tracing.begun("intake", "x", kind=SpanKind.SERVER) is None

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    assert tracing.is_on()
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    assert not tracing.is_on()
