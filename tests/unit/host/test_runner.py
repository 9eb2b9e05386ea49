"""What a process of services does to the garbage collector."""

from __future__ import annotations

import gc

from services.host.runner import Runner


def test_what_is_there_once_all_have_started_is_not_looked_through_again():
    runner = Runner([], {})
    try:
        runner.start()
        assert gc.get_freeze_count() > 0
    finally:
        runner.stop()
    assert gc.get_freeze_count() == 0
