"""Notifications in a process, between the logs of routing and follow-up, on the in-memory broker.

Writes the door's address to the file named on the command line when all have started; stops on
SIGTERM.
"""

from __future__ import annotations

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
from services.notifications import wiring  # noqa: E402
from services.notifications.service import NotificationsService  # noqa: E402
from shared.clock import FileClock  # noqa: E402
from shared.logging import configure  # noqa: E402
from shared.messaging import IN_PROCESS_URI, EventRelay, LogAccess  # noqa: E402
from shared.service import open_service  # noqa: E402
from shared.settings import service_settings  # noqa: E402


class RoutingLog(LogAccess):
    """What others hear of routing: its log."""

    name = "routing"
    relay = EventRelay()
    open_parts = staticmethod(
        lambda _config: open_service(service_settings("routing"), codec=wiring.ROUTING_CODEC)
    )


class FollowupLog(LogAccess):
    """What others hear of follow-up: its log."""

    name = "followup"
    relay = EventRelay()
    open_parts = staticmethod(
        lambda _config: open_service(service_settings("followup"), codec=wiring.FOLLOWUP_CODEC)
    )


def main() -> None:
    configure("notifications")
    config = {
        "AMQP_URI": IN_PROCESS_URI,
        "TRANSPORT_OPTIONS": {"polling_interval": 0.005},
        "serializer": "json",
        "max_workers": 10,
        "gateway_token": os.environ["GATEWAY_TOKEN"],
        "clock": FileClock(Path(os.environ["CLOCK"])),
    }
    door = f"127.0.0.1:{free_port()}"
    made = (RoutingLog, FollowupLog, NotificationsService, GatewayService)
    containers = [
        ServiceContainer(
            one,
            {
                **config,
                "WEB_SERVER_ADDRESS": door if one is GatewayService else f"127.0.0.1:{free_port()}",
            },
        )
        for one in made
    ]
    for container in containers:
        container.start()
    written = Path(sys.argv[1]).with_suffix(".part")
    written.write_text(f"http://{door}", encoding="ascii")
    written.rename(sys.argv[1])  # who waits for the file finds it whole
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    stopped.wait()
    for container in reversed(containers):
        container.stop()


if __name__ == "__main__":
    main()
