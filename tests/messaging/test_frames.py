"""The frames that batches are published in are those of py-amqp."""

from __future__ import annotations

import pytest
from amqp import spec
from amqp.basic_message import Message
from amqp.method_framing import frame_writer
from amqp.serialization import dumps

from shared.messaging._broker import Outgoing, Publishing

FRAME_MAX = 4096


class Transport:
    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, content: bytes) -> None:
        self.written += content


class Connection:
    frame_max = FRAME_MAX
    bytes_sent = 0


@pytest.mark.parametrize("size", [1, 300, FRAME_MAX - 8, FRAME_MAX - 7, 3 * FRAME_MAX])
@pytest.mark.parametrize("mandatory", [True, False])
def test_a_message_is_framed_as_py_amqp_frames_it(size: int, mandatory: bool) -> None:
    transport = Transport()
    message = Message(b"x" * size, content_type="application/json", delivery_mode=2)
    arguments = dumps("Bssbb", (0, "intake.events", "RequestReceived", mandatory, False))
    write = frame_writer(Connection(), transport)
    write(1, 7, spec.Basic.Publish, arguments, message)

    publishing = Publishing(
        7,
        "intake.events",
        message._serialize_properties(),
        frame_max=FRAME_MAX,
        mandatory=mandatory,
    )

    outgoing = Outgoing("RequestReceived", b"x" * size)
    assert publishing.frames(outgoing) == bytes(transport.written)
    assert publishing.frames(outgoing) == bytes(transport.written)
