"""For the whole suite: no log line names a person of the samples."""

from __future__ import annotations

from tests.support.log_watch import pytest_configure

__all__ = ["pytest_configure"]
