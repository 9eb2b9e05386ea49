"""F16, F27: three nodes; one is lost, then the majority, and all come back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.host.rabbitmq_node import RabbitMQNode
from tests.messaging.conftest import System
from tests.support.postgres import Database


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[RabbitMQNode]]:
    made = [
        RabbitMQNode(tmp_path / f"node{n}", f"cluster{os.getpid()}n{n}", cookie="CLUSTEROFTESTS")
        for n in range(3)
    ]
    try:
        for node in made:
            node.start()
        for node in made[1:]:
            node.join(made[0])
        yield made
    finally:
        for node in made:
            node.kill()


@pytest.mark.slow
def test_f16_f27_a_lost_node_costs_nothing_and_a_lost_majority_only_time(
    nodes: list[RabbitMQNode], database: Database
) -> None:
    system = System(database, nodes[0].amqp_uri)
    try:
        system.start()
        system.tell(range(50))
        system.wait_level()

        nodes[1].kill()
        system.tell(range(50, 100))
        system.wait_level()

        nodes[2].kill()
        system.tell(range(100, 150))
        system.wait(lambda: _said(system, "publishing_failed"))
        assert not system.published()

        nodes[1].start()
        nodes[2].start()
        system.wait_level(120)
        system.wait(system.published)
    finally:
        system.close()


def _said(system: System, event: str) -> bool:
    return any(entry["event"] == event for child in system.children for entry in child.log())
