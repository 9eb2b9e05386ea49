"""F14, F15, F23, F24: death at each step loses nothing and repeats nothing."""

from __future__ import annotations

import pytest

from tests.messaging.conftest import System

# Each side of every step that lasts: publishing, its checkpoint, the commit, the acknowledgement.
RELAY = ["relay.before_publish", "relay.after_publish", "relay.after_checkpoint"]
READER = ["subscription.before_handler", "subscription.before_commit", "subscription.after_commit"]


@pytest.mark.parametrize("failpoint", [*RELAY, *READER])
def test_f14_f15_f24_death_at_any_step_loses_and_repeats_nothing(
    brokered: System, failpoint: str
) -> None:
    dying = "intake" if failpoint.startswith("relay") else "routing"
    brokered.start("routing" if dying == "intake" else "intake")
    child = brokered.spawn(dying, failpoint=failpoint)
    brokered.tell(range(40))
    brokered.wait(lambda: child.process.poll() is not None)
    assert child.process.returncode == 70

    brokered.start(dying)

    brokered.wait_level()


@pytest.mark.parametrize("failpoint", ["relay.after_publish", "subscription.before_ack"])
def test_f60_in_one_process_too(system: System, failpoint: str) -> None:
    child = system.spawn(failpoint=failpoint)
    system.tell(range(40))
    system.wait(lambda: child.process.poll() is not None)
    assert child.process.returncode == 70

    system.start()

    system.wait_level()


def test_f23_a_stop_under_load_ends_in_order_and_frees_the_lock(system: System) -> None:
    first = system.start()
    system.tell(range(300))
    system.wait(lambda: len(system.handled()) > 0)

    assert first.stop() == 0

    assert "stopped" in first.lines
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    # PostgreSQL notices in a moment that the sessions have ended.
    system.wait(lambda: system.intake.execute(held).fetchone() == (0,))
    system.start()
    system.wait_level()
