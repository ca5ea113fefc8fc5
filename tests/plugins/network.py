"""No test reaches beyond this machine: a look-up or connection elsewhere is an error that says so.

Not by an audit hook: Python runs those inside ``sys.settrace`` too, and under coverage a thread that starts
in that moment dies with "Cannot install a trace function while another trace function is being installed".
"""

import ipaddress
import socket
from collections.abc import Callable
from functools import wraps
from typing import Any

Call = Callable[..., Any]

OWN_NAME = socket.gethostname()  # smtplib looks it up to introduce itself


class NetworkBlockedError(RuntimeError):
    """A test tried to reach another machine."""


def pytest_configure() -> None:
    """Watch every connection and look-up of this test process, whatever library makes it."""
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _refusing_other_machines(getattr(socket.socket, name), position=-1))
    for name in ("getaddrinfo", "gethostbyname"):
        setattr(socket, name, _refusing_other_machines(getattr(socket, name), position=0))


def _refusing_other_machines(call: Call, *, position: int) -> Call:
    """``call``, with the address among its arguments at ``position`` looked at first."""

    @wraps(call)
    def guarded(*arguments: Any, **options: Any) -> Any:
        address = arguments[position] if arguments else options.get("host")
        if not _is_here(address):
            raise NetworkBlockedError(
                f"A test tried to reach {address!r}. Tests may only talk to this machine: "
                "use a fixture that starts the server here."
            )
        return call(*arguments, **options)

    return guarded


def _is_here(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if not isinstance(host, str) or host in ("", "localhost", OWN_NAME) or host.startswith(("/", "\0")):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False
