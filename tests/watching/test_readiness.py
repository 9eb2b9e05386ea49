"""F9, F18, F26, F38: a service that cannot do its work says why, and takes it back by itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from services.host.rabbitmq_node import RabbitMQNode
from shared.messaging import call
from shared.watch.hub import STUCK_SECONDS
from tests.support.postgres import SEALS
from tests.support.proxy import Proxy
from tests.watching.served import Desk, Served

pytestmark = [pytest.mark.rabbitmq, pytest.mark.slow]


def unready_because(desk: Desk, served: Served, code: str, **facts: str) -> dict[str, str]:
    """Wait for the reason; what the page says of it."""

    def found() -> dict[str, str] | None:
        status, _ = served.get("/health/ready")
        told = [one for one in served.reasons() if one["code"] == code] if status == 503 else []
        return told[0] if told else None

    reason: dict[str, str] = desk.wait(found)
    since = datetime.fromisoformat(reason["since"])
    assert datetime.now(UTC) - timedelta(minutes=10) < since <= datetime.now(UTC)
    assert facts.items() <= reason.items()
    return reason


def healthcheck(served: Served) -> subprocess.CompletedProcess[str]:
    url = f"http://{served.address}/health/ready"
    program = Path(sys.executable).parent / "permanence"
    return subprocess.run(
        [program, "healthcheck", url], capture_output=True, text=True, check=False
    )


def ready_again(desk: Desk, *services: Served) -> None:
    for served in services:
        desk.wait(lambda served=served: served.ready() == (200, []))


def test_f26_the_broker_is_gone_and_comes_back(desk: Desk, rabbitmq: RabbitMQNode) -> None:
    served = [desk.serve("intake"), desk.serve("routing")]

    rabbitmq.control("stop_app")
    try:
        reasons = [unready_because(desk, one, "broker.unreachable") for one in served]
        again = [unready_because(desk, one, "broker.unreachable") for one in served]
        assert [one["since"] for one in again] == [one["since"] for one in reasons]
        assert all(one.get("/health/live")[0] == 200 for one in served)
        # What `docker inspect` shows of the container's health.
        checked = healthcheck(served[0])
        assert (checked.returncode, "broker.unreachable" in checked.stderr) == (1, True)
        assert all(one.value("permanence_database_up") == 1 for one in served)
    finally:
        rabbitmq.control("start_app")

    ready_again(desk, *served)
    assert healthcheck(served[0]).returncode == 0


def test_f18_a_broker_short_of_memory_blocks_the_relay(desk: Desk, rabbitmq: RabbitMQNode) -> None:
    intake, _routing = desk.serve("intake"), desk.serve("routing")

    rabbitmq.control("set_vm_memory_high_watermark", "0.0001")
    try:
        unready_because(desk, intake, "relay.blocked")
        desk.wait(lambda: intake.value("permanence_publish_failures_total"))
    finally:
        rabbitmq.control("set_vm_memory_high_watermark", "absolute", "2147483648")

    ready_again(desk, intake)


def test_f09_the_database_is_gone_and_comes_back(desk: Desk) -> None:
    intake = desk.serve("intake")
    name = desk.database.name

    with psycopg.connect(desk.database.postgres.dsn(), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
        try:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [name],
            )
            unready_because(desk, intake, "database.unavailable")
            assert intake.ready()[1].count("keyring.unavailable") <= 1
            assert intake.get("/health/live")[0] == 200
            assert intake.value("permanence_database_up") == 0
            assert intake.value("permanence_relay_lag_seconds", partition="0") is None
        finally:
            admin.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")  # type: ignore[arg-type]

    ready_again(desk, intake)
    desk.wait(lambda: intake.value("permanence_database_up") == 1)


def test_f09_a_frozen_database_shows_in_the_metrics_too(desk: Desk) -> None:
    port = desk.database.postgres.port
    with Proxy(port) as proxy:
        dsns = {
            f"{name.upper()}_DSN": desk.database.dsn(name).replace(f":{port}/", f":{proxy.port}/")
            for name in ("intake", "keyring")
        }
        intake = desk.serve("intake", dsns)
        assert intake.value("permanence_database_up") == 1

        proxy.hold()

        for _ in range(3):
            assert intake.value("permanence_database_up") == 0
        proxy.release()
        desk.wait(lambda: intake.value("permanence_database_up") == 1)

        ready_again(desk, intake)


def test_a_keyring_that_is_gone_or_frozen_shows_in_the_metrics(desk: Desk) -> None:
    port = desk.database.postgres.port
    with Proxy(port) as proxy:
        dsn = desk.database.dsn("keyring").replace(f":{port}/", f":{proxy.port}/")
        intake = desk.serve("intake", {"KEYRING_DSN": dsn})
        assert intake.value("permanence_keyring_up") == 1

        proxy.hold()
        assert intake.value("permanence_keyring_up") == 0
        proxy.release()
        desk.wait(lambda: intake.value("permanence_keyring_up") == 1)
    # Whoever connects now is refused.
    desk.wait(lambda: intake.value("permanence_keyring_up") == 0)
    assert intake.value("permanence_database_up") == 1
    unready_because(desk, intake, "keyring.unavailable")


def test_a_spool_that_cannot_be_read_is_told_and_stops_nothing_else(
    desk: Desk, tmp_path: Path
) -> None:
    intake = desk.serve("intake", {"SPOOL": str(tmp_path)})
    new, away = tmp_path / "new", tmp_path / "away"

    def warned() -> list[str]:
        page = json.loads(intake.get("/health/ready")[1])
        return [warning["code"] for warning in page["warnings"]]

    assert intake.value("permanence_spool_messages", folder="new") == 0
    new.rename(away)  # what rights do that keep intake, but never root, out
    desk.wait(lambda: warned() == ["spool.unreadable"])
    assert intake.ready() == (200, [])
    desk.wait(lambda: (intake.value("permanence_spool_oldest_seconds") or 0) > 0)
    submit(desk)
    away.rename(new)

    desk.wait(lambda: warned() == [])
    assert intake.value("permanence_spool_oldest_seconds") == 0


def test_f38_a_consumer_too_far_behind_says_of_which_source(desk: Desk) -> None:
    desk.serve("intake")
    routing = desk.serve("routing", {"READY_LAG_SECONDS": "2"})

    with no_progress(desk, "routing"):
        submit(desk)
        unready_because(desk, routing, "subscription.behind", source="intake")

    ready_again(desk, routing)


def test_a_relay_too_far_behind_says_so(desk: Desk) -> None:
    intake = desk.serve("intake", {"READY_LAG_SECONDS": "2"})
    # Nobody reads intake's log: the broker returns what it publishes.

    submit(desk)

    unready_because(desk, intake, "relay.behind")
    desk.serve("routing")
    desk.serve("followup")
    ready_again(desk, intake)


def test_a_subscription_that_an_admin_stopped_is_a_reason(desk: Desk) -> None:
    desk.serve("intake")
    routing = desk.serve("routing")

    with desk.database.admin() as admin:
        stop = (
            "UPDATE routing.subscriptions SET state = %s, changed_at = clock_timestamp() "
            "WHERE source = 'intake'"
        )
        admin.execute(stop, ["stopped"])
        unready_because(desk, routing, "subscription.stopped", source="intake")
        assert routing.value("permanence_subscription_state", source="intake", state="stopped") == 1
        admin.execute(stop, ["running"])

    ready_again(desk, routing)


def test_a_frozen_process_is_not_alive_until_it_goes_on(desk: Desk) -> None:
    intake = desk.serve("intake")

    os.kill(intake.process.pid, signal.SIGSTOP)
    try:
        assert intake.get("/health/live", timeout_seconds=STUCK_SECONDS + 2) == (0, "")
    finally:
        os.kill(intake.process.pid, signal.SIGCONT)

    _, reason = desk.wait(lambda: (page := intake.get("/health/live"))[0] == 503 and page)
    assert '"hub.stuck"' in reason
    desk.wait(lambda: any(line["event"] == "hub_held" for line in intake.log()))


def test_a_call_in_work_is_counted_until_it_is_answered(desk: Desk) -> None:
    intake = desk.serve("intake")
    name = "permanence_oldest_call_seconds"
    with ThreadPoolExecutor() as callers, desk.database.admin() as admin:
        with admin.transaction():
            admin.execute("LOCK TABLE intake.requests IN ACCESS EXCLUSIVE MODE")
            asked = callers.submit(submit, desk)
            desk.wait(lambda: (intake.value(name) or 0) > 1)
        asked.result()
        desk.wait(lambda: intake.value(name) == 0)


def submit(desk: Desk) -> None:
    sent = {"channel": "letter", "raw": "Bonjour de Fresnes"}
    call(desk.amqp_uri, "intake", "submit", sent, seals=SEALS)


@contextmanager
def no_progress(desk: Desk, consumer: str) -> Iterator[None]:
    """Every batch of the consumer fails by what may pass."""
    with desk.database.admin() as admin:
        admin.execute(
            "CREATE FUNCTION public.never() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END$$"
        )
        admin.execute(
            f"CREATE TRIGGER never BEFORE UPDATE ON {consumer}.checkpoints "  # type: ignore[arg-type]
            "FOR EACH ROW EXECUTE FUNCTION public.never()"
        )
        yield
        admin.execute("DROP FUNCTION public.never() CASCADE")
