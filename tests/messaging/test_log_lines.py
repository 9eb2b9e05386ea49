"""F55: a log line carries what is known to be harmless and names what it withheld."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from shared.errors import Refused
from shared.logging import configure
configure("routing")
log = structlog.get_logger()
log.info("request_assigned", stream="assignment-1", version=4, family_name="Témoin")
def handle(name):
    try:
        raise ValueError(f"{name} 12345")
    except ValueError:
        log.exception("handler_failed")
        logging.getLogger("nameko.containers").exception("error %s", name)
handle("Témoin")
log.error("refused", exc_info=Refused("a rule says no"))
logging.getLogger("kombu").warning("Connected to %s", "amqp://guest:secret@host")
"""


def lines() -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert "Témoin" not in done.stdout
    assert "12345" not in done.stdout
    assert "secret" not in done.stdout
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_unknown_field_is_dropped_and_named() -> None:
    first = lines()[0]

    assert first["event"] == "request_assigned"
    assert (first["service"], first["version"]) == ("routing", 4)
    assert first["withheld"] == ["family_name"]


def test_an_error_tells_type_and_place_and_only_our_own_texts() -> None:
    _, foreign, library, ours, template = lines()

    assert isinstance(foreign["error"], dict)
    assert foreign["error"]["type"] == "ValueError"
    assert foreign["error"]["at"] == ["__main__:10 handle"]
    assert library["event"] == "error %s"
    assert isinstance(ours["error"], dict)
    assert ours["error"]["text"] == "a rule says no"
    assert template["event"] == "Connected to %s"
