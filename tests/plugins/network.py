"""No test reaches beyond this machine: a look-up or connection elsewhere is an error that says so."""

import ipaddress
import socket
import sys
from typing import Any

WATCHED = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}

OWN_NAME = socket.gethostname()  # smtplib looks it up to introduce itself


class NetworkBlockedError(RuntimeError):
    """A test tried to reach another machine."""


def pytest_configure() -> None:
    """Watch every connection this test process makes, whatever library makes it."""
    sys.addaudithook(_refuse_other_machines)


def _refuse_other_machines(event: str, arguments: tuple[Any, ...]) -> None:
    if event in WATCHED and not _is_here(arguments[WATCHED[event]]):
        raise NetworkBlockedError(
            f"A test tried to reach {arguments[WATCHED[event]]!r}. Tests may only talk to this machine: "
            "use a fixture that starts the server here."
        )


def _is_here(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if not isinstance(host, str) or host in ("", "localhost", OWN_NAME) or host.startswith(("/", "\0")):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False
