"""The RabbitMQ node that is started here."""

from __future__ import annotations

import os
from pathlib import Path

from services.host.rabbitmq_node import RabbitMQNode


def test_a_node_writes_its_dumps_into_its_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "node"
    node = RabbitMQNode(folder, f"dumps{os.getpid()}")
    try:
        node.start()
        process = int((folder / "pid").read_text())

        assert Path(f"/proc/{process}/cwd").readlink() == folder
    finally:
        node.kill()
