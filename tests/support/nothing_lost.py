"""The five checks that follow every fault, as one function: ``assert_nothing_lost``."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from services.cli.logs import open_logs
from services.host import catalog
from services.host.level import Levels
from services.host.runner import SERVICES
from services.host.smtp_capture import Captured
from shared.projections import Rebuilder
from shared.settings import Environment
from tests.support import fault_table
from tests.support.waiting import wait_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one of the checks found wrong, and how many events or messages were lost or doubled."""

    check: str
    what: str
    lost: int = 0
    doubled: int = 0


class Examined(Protocol):
    """A system to which something was done."""

    def in_flight(self) -> int:
        """How many events were told and are not handled yet."""

    def level(self, timeout_seconds: float, /) -> None:
        """Wait until all is handled; raises what says who is behind."""

    def examine(self) -> Iterator[Finding]:
        """All that the checks find wrong; nothing if all is well."""


def assert_nothing_lost(system: Examined, *, level_seconds: float = 60) -> None:
    """Whatever was done to the system, this holds once its processes run again.

    ``level_seconds``: the time in which everybody must be level without a human. What is found is
    counted in the table of the fault suite.

    - C1: what was acknowledged is in the log, once; what was refused is not.
    - C2: each consumer handled each event of each partition once, in order, up to the head.
    - C3: each read model equals one rebuilt from nothing.
    - C4: each effect happened once; more often only as often as it was marked doubtful.
    - C5: all is level, nothing is parked or in hand, every digest verifies.
    """
    in_flight, started = system.in_flight(), time.monotonic()
    try:
        system.level(level_seconds)
    except Exception:
        fault_table.note(in_flight=in_flight, lost=system.in_flight())
        raise
    recovery_seconds = time.monotonic() - started
    found = list(system.examine())
    fault_table.note(
        in_flight=in_flight,
        lost=sum(one.lost for one in found),
        doubled=sum(one.doubled for one in found),
        recovery_seconds=recovery_seconds,
    )
    assert not found, "\n".join(f"{one.check}: {one.what}" for one in found)


def once(
    check: str, what: str, wanted: Sequence[Any], found: Sequence[Any], *, in_order: bool = False
) -> Iterator[Finding]:
    """Of ``what``, each of ``wanted`` must have been ``found`` once; in that order, if asked."""
    missing, times = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    if missing or times:
        yield Finding(
            check=check,
            what=f"{what}: missing {sorted(missing)}, too many {sorted(times)}",
            lost=missing.total(),
            doubled=times.total(),
        )
    elif in_order and list(wanted) != list(found):
        yield Finding(check=check, what=f"{what}: out of order")


@dataclass(frozen=True, kw_only=True)
class Whole:
    """All services, wherever they run: ``environment`` is that of an admin's command on them,
    ``mails`` what left by SMTP. ``acknowledged`` are the ids of requests that intake accepted,
    ``refused`` those that it did not."""

    environment: Environment
    mails: Callable[[], Sequence[Captured]]
    acknowledged: Sequence[str] = ()
    refused: Sequence[str] = ()

    def in_flight(self) -> int:
        return sum(len(events) for _, events in self._unhandled())

    def level(self, timeout_seconds: float, /) -> None:
        dsns = {name: self.environment.require(f"{name.upper()}_DSN") for name in SERVICES}
        with closing(Levels(dsns)) as levels:
            levels.wait(timeout_seconds)
        wait_until(lambda: not self._messages()[0], timeout_seconds)

    def examine(self) -> Iterator[Finding]:
        checks: Sequence[Callable[[], Iterator[Finding]]] = (
            self._acknowledged_is_there_once,
            self._handled_to_the_head,
            self._read_models_equal_rebuilt_ones,
            self._messages_left_once,
            self._logs_verify,
        )
        for check in checks:
            yield from check()

    def _acknowledged_is_there_once(self) -> Iterator[Finding]:
        received = [
            row["stream"].removeprefix("request-")
            for row in self._rows("intake", "events")
            if row["type"] == "RequestReceived"
        ]
        asked_for = {*self.acknowledged, *self.refused}
        there = [one for one in received if one in asked_for]
        yield from once("C1", "acknowledged requests", self.acknowledged, there)

    def _handled_to_the_head(self) -> Iterator[Finding]:
        """What a consumer did on the way shows in C3."""
        for consumer in SERVICES:
            for one in self._rows(consumer, "subscriptions"):
                stands = (one["state"], one["parked_count"], one["refused_count"])
                if stands != ("running", 0, 0):
                    yield Finding(check="C2", what=f"{consumer} from {one['source']}: {one}")
        for who, events in self._unhandled():
            yield Finding(check="C2", what=f"{who}: not handled", lost=len(events))
        for who, stands, wanted in self._reached():
            if stands["digest"] != wanted.get(stands["position"], stands["digest"]):
                yield Finding(check="C2", what=f"{who}: handled another event than the log holds")

    def _unhandled(self) -> Iterator[tuple[str, Sequence[int]]]:
        """By consumer, source and partition, the positions beyond the checkpoint."""
        for who, stands, wanted in self._reached():
            if beyond := [position for position in wanted if position > stands["position"]]:
                yield who, beyond

    def _reached(self) -> Iterator[tuple[str, dict[str, Any], dict[int, bytes]]]:
        """By consumer, source and partition, the checkpoint, and the log's digests by position."""
        logs: dict[tuple[str, int], dict[int, bytes]] = {}
        for source in SERVICES:
            for row in self._rows(source, "events"):
                logs.setdefault((source, row["partition"]), {})[row["position"]] = row["digest"]
        for consumer in SERVICES:
            for at in self._rows(consumer, "checkpoints"):
                who = f"{consumer} from {at['source']}, partition {at['partition']}"
                yield who, at, logs.get((at["source"], at["partition"]), {})

    def _read_models_equal_rebuilt_ones(self) -> Iterator[Finding]:
        with open_logs(self.environment) as logs:
            keyring = next(iter(logs.values())).keyring
            for service in SERVICES:
                for model in catalog.read_models(service, keyring):
                    rebuilder = Rebuilder(
                        service=service,
                        owner_dsn=self._owner_dsn(service),
                        model=model,
                        source=logs[model.source],
                        codec=catalog.codec(model.source),
                    )
                    for drift in rebuilder.drift(by="tests", why="C3 after a fault"):
                        if drift.differing:
                            yield Finding(
                                check="C3", what=f"{service}.{drift.table} differs from a rebuilt"
                            )

    def _messages(self) -> tuple[dict[str, str], set[str], Counter[tuple[str, str]]]:
        """By stream, the message in hand; those sent; by message and stream, how often in doubt."""
        begun: dict[str, str] = {}
        sent: set[str] = set()
        doubts: Counter[tuple[str, str]] = Counter()
        events = self._rows("notifications", "events")
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
        return begun, sent, doubts

    def _messages_left_once(self) -> Iterator[Finding]:
        """Of each Message-ID: how often it was captured, against how its alerts say it left."""
        begun, sent, doubts = self._messages()
        if begun:
            yield Finding(check="C5", what=f"still in hand: {sorted(begun)}")
        doubtful: Counter[str] = Counter()
        for (message_id, _), times in doubts.items():
            doubtful[message_id] = max(doubtful[message_id], times)
        captured = Counter(mail.message_id for mail in self.mails())
        for message_id in sent | captured.keys():
            left, at_least = captured[message_id], int(message_id in sent)
            lost, doubled = at_least - left, left - at_least - doubtful[message_id]
            if lost > 0 or doubled > 0:
                yield Finding(
                    check="C4",
                    what=f"{message_id} left {left} times, not {at_least}",
                    lost=max(0, lost),
                    doubled=max(0, doubled),
                )

    def _logs_verify(self) -> Iterator[Finding]:
        with open_logs(self.environment) as stores:
            for name in stores:
                for fault in stores[name].verify().faults:
                    yield Finding(check="C5", what=f"{name}: {fault}")

    def _rows(self, service: str, table: str) -> list[dict[str, Any]]:
        query = sql.SQL("TABLE {}").format(sql.Identifier(service, table))
        with psycopg.connect(self._owner_dsn(service), row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    def _owner_dsn(self, service: str) -> str:
        return self.environment.require(f"{service.upper()}_OWNER_DSN")
