"""The proxy of the fault tests does what it says: else those tests would prove nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.proxy import Proxy, Way
from tests.support.waiting import wait_until


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer(connection: socket.socket) -> None:
            with connection:
                try:
                    while piece := connection.recv(1024):
                        connection.sendall(piece)
                except OSError:
                    pass

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=[connection], daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy(echo_port: int) -> Iterator[Proxy]:
    with Proxy(echo_port) as started:
        yield started


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port)) as connection:
        connection.settimeout(60)
        yield connection


def asked(client: socket.socket, words: bytes = b"hello") -> bytes:
    client.sendall(words)
    return client.recv(1024)


def test_it_passes(proxy: Proxy, client: socket.socket) -> None:
    assert asked(client) == b"hello"
    wait_until(lambda: proxy.passed_bytes == {Way.TO_SERVER: 5, Way.TO_CLIENT: 5})


@pytest.mark.parametrize("way", Way)
def test_what_is_held_arrives_once_released(proxy: Proxy, client: socket.socket, way: Way) -> None:
    asked(client)
    proxy.hold(way)
    client.sendall(b"again")
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(1024)

    proxy.release()

    client.settimeout(60)
    assert client.recv(1024) == b"again"


@pytest.mark.parametrize(("allowed", "seen"), [(0, 0), (3, 3), (5, 5)])
def test_it_cuts_after_so_many_bytes(
    proxy: Proxy, client: socket.socket, allowed: int, seen: int
) -> None:
    proxy.cut_after(allowed, Way.TO_SERVER)
    client.sendall(b"hello")
    wait_until(lambda: proxy.passed_bytes[Way.TO_SERVER] == seen)

    with pytest.raises(OSError):  # noqa: PT011 - the reset shows at the first or second use
        wait_until(lambda: not asked(client))

    assert proxy.passed_bytes[Way.TO_SERVER] == seen
    with socket.create_connection(("127.0.0.1", proxy.port)) as next_one:
        assert asked(next_one) == b"hello"


def test_it_resets(proxy: Proxy, client: socket.socket) -> None:
    asked(client)

    proxy.reset()

    with pytest.raises(ConnectionResetError):
        client.recv(1024)


def test_it_delays(proxy: Proxy, client: socket.socket) -> None:
    proxy.delay(1)
    client.settimeout(0.1)
    client.sendall(b"late")
    with pytest.raises(TimeoutError):
        client.recv(1024)

    client.settimeout(60)
    assert client.recv(1024) == b"late"
