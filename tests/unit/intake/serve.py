"""Runs intake alone in a process: web server, in-memory broker and the door for RPC.

Writes the two addresses as JSON to the file that it is given when it is ready; stops on SIGTERM.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from shared import green

green.patch()

from nameko.containers import ServiceContainer  # noqa: E402 - after the patch

from services.host.gateway import GatewayService  # noqa: E402
from services.host.ports import free_port  # noqa: E402
from services.intake.service import IntakeService  # noqa: E402
from shared.logging import configure  # noqa: E402
from shared.messaging import IN_PROCESS_URI  # noqa: E402


def main() -> None:
    configure("intake")
    config = {
        "AMQP_URI": IN_PROCESS_URI,
        "TRANSPORT_OPTIONS": {"polling_interval": 0.005},
        "serializer": "json",
        "max_workers": 20,
        "gateway_token": os.environ["GATEWAY_TOKEN"],
    }
    addresses = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    containers = [
        ServiceContainer(made, {**config, "WEB_SERVER_ADDRESS": address})
        for made, address in zip((IntakeService, GatewayService), addresses, strict=True)
    ]
    for container in containers:
        container.start()
    written = Path(sys.argv[1]).with_suffix(".part")
    written.write_text(json.dumps({"api": addresses[0], "gateway": addresses[1]}))
    written.rename(sys.argv[1])
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    stopped.wait()
    for container in reversed(containers):
        container.stop()


if __name__ == "__main__":
    main()
