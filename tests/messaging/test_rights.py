"""F62, F63: rights that are withdrawn come back without a restart; a stranger takes nothing."""

from __future__ import annotations

import pytest

from tests.messaging.conftest import System
from tests.support.postgres import fresh_database
from tests.support.rabbitmq import node


def said(system: System) -> str:
    return "\n".join(line for child in system.children for line in child.lines)


def test_f63_a_broker_that_withdraws_its_rights_is_asked_again(brokered: System) -> None:
    brokered.start()
    brokered.tell(range(20))
    brokered.wait_level()

    node().control("clear_permissions", "guest")
    try:
        node().control("close_all_connections", "rights withdrawn")
        brokered.tell(range(20, 60))
        brokered.wait(lambda: "publishing_failed" in said(brokered))
    finally:
        node().control("set_permissions", "guest", ".*", ".*", ".*")

    brokered.wait_level()
    assert "guest:guest" not in said(brokered)


def test_f63_a_role_that_may_not_log_in_for_a_while_recovers_unaided(brokered: System) -> None:
    brokered.start()
    brokered.tell(range(20))
    brokered.wait_level()

    with brokered.database.admin() as admin:
        admin.execute("ALTER ROLE routing NOLOGIN")
        try:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = 'routing' AND datname = current_database() AND pid <> %s",
                [brokered.routing.info.backend_pid],
            )
            brokered.tell(range(20, 40))
            brokered.wait(lambda: "interrupted" in said(brokered) or "again" in said(brokered))
        finally:
            admin.execute("ALTER ROLE routing LOGIN")

    brokered.wait_level()
    password = brokered.database.postgres.password("routing")
    assert password not in said(brokered)


@pytest.mark.parametrize("stranger_first", [True, False])
def test_f62_a_second_deployment_on_the_same_queue_costs_no_event(
    brokered: System, stranger_first: bool
) -> None:
    """A copy with databases of its own (staging) reads the same queue for a while."""
    with fresh_database() as elsewhere:
        copy = System(elsewhere, brokered.amqp_uri)
        try:
            brokered.start("intake")
            if stranger_first:
                stranger = copy.start("routing")
                ours = brokered.start("routing")
            else:
                ours = brokered.start("routing")
                stranger = copy.start("routing")
            brokered.tell(range(50))
            ours.kill() if not stranger_first else None
            brokered.tell(range(50, 100))
            copy.wait(lambda: len(copy.handled()) or copy.subscription().get("refused_count"))
            stranger.kill()
            if not stranger_first:
                brokered.start("routing")

            brokered.wait_level()
        finally:
            copy.close()
