"""The suite cannot reach another machine by accident."""

import socket

import pytest

from tests.plugins.network import NetworkBlockedError


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.com", "169.254.169.254"])
def test_a_connection_to_another_machine_is_refused(host: str) -> None:
    with pytest.raises(NetworkBlockedError, match="Tests may only talk to this machine"):
        socket.create_connection((host, 80), timeout=1)


def test_a_datagram_and_a_look_up_are_refused_too() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(NetworkBlockedError):
        sender.sendto(b"hello", ("192.0.2.1", 53))
    with pytest.raises(NetworkBlockedError):
        socket.getaddrinfo(host="example.com", port=80)


def test_a_connection_to_this_machine_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=1).close()
