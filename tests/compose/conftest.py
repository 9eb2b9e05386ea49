"""The deployment is built and run by `make test-compose` alone; the file is checked always."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.compose.deployment import Deployment


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--run-compose", action="store_true", help="build the image and run its containers"
    )


@pytest.fixture(scope="session")
def deployment(request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """The system, up; stopped and removed at the end."""
    if not request.config.getoption("--run-compose", default=False):
        pytest.skip("`make test-compose` builds the image and runs this")
    # Whoever ends the run (a time limit, the machine's shutdown) shall not leave containers behind.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    deployed = Deployment()
    yield deployed
    deployed.close()
    signal.signal(signal.SIGTERM, before)
