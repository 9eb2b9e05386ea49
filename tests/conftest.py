"""For the whole suite: no log line names a person of the samples; the longest files come first."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.support.log_watch import pytest_configure
from tests.support.scratch import keep_scratch_in_memory

__all__ = ["pytest_collection_modifyitems", "pytest_configure"]

keep_scratch_in_memory()
# The hundreds of processes that tests start look up no names but localhost. The resolver that
# eventlet brings costs each of them a third of a second; those of tests/compose have it.
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")

# How long an example takes says how busy the machine is.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: with two processes none is left alone with them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
