"""Ports that are still free when they are listened on, a moment after they were handed out."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from services.host.ports import NoFreePort, candidates, free_port

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.mark.skipif(not EPHEMERAL.exists(), reason="the system does not tell its range")
def test_no_port_is_one_that_the_system_gives_to_others():
    first, last = map(int, EPHEMERAL.read_text(encoding="ascii").split())

    assert not [port for port in (free_port() for _ in range(20)) if first <= port <= last]


@pytest.mark.parametrize(
    ("ephemeral", "expected"),
    [
        (range(32_768, 61_000), range(20_000, 32_768)),
        (range(1_024, 61_000), range(61_000, 65_536)),  # nothing below
        (range(1_024, 65_536), range(20_000, 65_536)),  # nothing anywhere: better than none
    ],
)
def test_ports_are_drawn_from_outside_the_ephemeral_range(ephemeral: range, expected: range):
    assert candidates(ephemeral) == expected


def test_a_port_is_handed_out_once_even_if_nobody_listens_on_it_yet():
    free = free_port()

    with pytest.raises(NoFreePort, match="ephemeral range"):
        free_port([free])


def test_a_port_on_which_somebody_listens_is_not_handed_out():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(NoFreePort):
        free_port([taken.getsockname()[1]])
