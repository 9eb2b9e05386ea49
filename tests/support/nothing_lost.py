"""The five checks that follow every fault, as one function: ``assert_nothing_lost``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from services.cli.logs import open_logs
from services.host import catalog
from services.host.runner import SERVICES
from shared.projections import Rebuilder
from tests.support.processes import ProcessSystem


def assert_nothing_lost(
    system: ProcessSystem,
    *,
    acknowledged: Iterable[str] = (),
    refused: Iterable[str] = (),
    level_seconds: float = 60,
) -> None:
    """Whatever was done to the system, this holds once its processes run again.

    ``acknowledged`` are the ids of requests that intake accepted, ``refused`` those that it did
    not; ``level_seconds``: the time in which everybody must be level without a human.

    - C1: what was acknowledged is in the log, once; what was refused is not.
    - C2: each consumer stands at the head of each source's log, has parked nothing and met no
      stranger. What it did on the way shows in C3.
    - C3: each read model equals one rebuilt from nothing.
    - C4: each message left once; more often only as often as it was marked doubtful.
    - C5: all is level, nothing is in hand, every digest verifies.
    """
    system.level(level_seconds)
    _acknowledged_is_there_once(system, list(acknowledged), list(refused))
    _handled_to_the_head(system)
    _read_models_equal_rebuilt_ones(system)
    _messages_left_once(system)
    _logs_verify(system)


def _acknowledged_is_there_once(
    system: ProcessSystem, acknowledged: list[str], refused: list[str]
) -> None:
    received = Counter(
        row["stream"].removeprefix("request-")
        for row in system.rows("intake", "events")
        if row["type"] == "RequestReceived"
    )
    missing = [one for one in acknowledged if received[one] != 1]
    assert not missing, f"C1: acknowledged, yet not there once: {missing}"
    assert not [one for one in refused if one in received], "C1: a refused request is there"


def _handled_to_the_head(system: ProcessSystem) -> None:
    for consumer in SERVICES:
        for one in system.rows(consumer, "subscriptions"):
            found = (one["state"], one["parked_count"], one["refused_count"])
            assert found == ("running", 0, 0), f"C2: {consumer} from {one['source']}: {one}"
        for at in system.rows(consumer, "checkpoints"):
            heads = {
                row["partition"]: (row["position"], row["digest"])
                for row in sorted(
                    system.rows(at["source"], "events"), key=lambda row: row["position"]
                )
            }
            reached = (at["position"], at["digest"])
            wanted = heads.get(at["partition"], reached)
            assert reached == wanted, f"C2: {consumer} from {at['source']}: {at['partition']}"


def _read_models_equal_rebuilt_ones(system: ProcessSystem) -> None:
    differ = []
    with open_logs(system.environment) as logs:
        for service in SERVICES:
            for model in catalog.read_models(service, system.database.keyring()):
                rebuilder = Rebuilder(
                    service=service,
                    owner_dsn=system.database.owner_dsn(service),
                    model=model,
                    source=logs[model.source],
                    codec=catalog.codec(model.source),
                )
                drifts = rebuilder.drift(by="tests", why="C3 after a fault")
                differ += [f"{service}.{drift.table}" for drift in drifts if drift.differing]
    assert not differ, f"C3: differ from rebuilt ones: {differ}"


def _messages_left_once(system: ProcessSystem) -> None:
    """Of each Message-ID: how often it was captured, against how its alerts say that it left."""
    begun: dict[str, str] = {}  # by stream, the message in hand
    sent: set[str] = set()
    doubts: Counter[tuple[str, str]] = Counter()  # by message and stream
    events = system.rows("notifications", "events")
    for event in sorted(events, key=lambda row: row["position"]):
        stream, data = event["stream"], event["data"]
        match event["type"]:
            case "AlertSending":
                begun[stream] = data["message_id"]
            case "AlertSent":
                sent.add(begun.pop(stream))
            case "AlertDeliveryFailed":
                message_id = begun.pop(stream)
                doubts[message_id, stream] += bool(data["doubtful"])
    assert not begun, f"C5: still in hand: {sorted(begun)}"
    doubtful: Counter[str] = Counter()
    for (message_id, _), times in doubts.items():
        doubtful[message_id] = max(doubtful[message_id], times)
    captured = Counter(mail.message_id for mail in system.mails())
    for message_id in sent | captured.keys():
        at_least = 1 if message_id in sent else 0
        at_most = at_least + doubtful[message_id]
        left = captured[message_id]
        assert at_least <= left <= at_most, f"C4: {message_id} left {left} times, not {at_least}"


def _logs_verify(system: ProcessSystem) -> None:
    with open_logs(system.environment) as stores:
        faults = {
            name: report.faults for name in stores if (report := stores[name].verify()).faults
        }
    assert not faults, f"C5: {faults}"
