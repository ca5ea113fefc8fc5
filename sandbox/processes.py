"""Start a server as a process of its own, wait until it answers, and be sure that it ends with us."""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOOPBACK = "127.0.0.1"
SERVER_PORTS = range(20_000, 32_000, 8)
START_SECONDS = 60
STOP_SECONDS = 10


# By the golden section of 1,500: processes whose numbers are close begin far from each other.
_begin = os.getpid() * 927 % len(SERVER_PORTS)
_candidates: Iterator[int] = itertools.cycle([*SERVER_PORTS[_begin:], *SERVER_PORTS[:_begin]])


class ServerFailedError(RuntimeError):
    """A server did not come up; the message says which and shows its last words."""


def dies_with_parent(signal_name: str = "TERM") -> tuple[str, ...]:
    """A command prefix that stops a program should the process that started it be killed outright."""
    return ("setpriv", f"--pdeathsig={signal_name}") if shutil.which("setpriv") else ()


def installed_program(name: str) -> str:
    """The path of a program that a wheel put beside this Python."""
    return str(Path(sys.executable).parent / name)


def free_port() -> int:
    """A loopback port that nothing listens on, and that this process was not given before.

    Taken from below the range in which systems number outgoing connections, so that none of those gets it
    before the server does; each process begins elsewhere, and leaves room for a few ports in a row.
    """
    return next(port for port in _candidates if port_is_free(port))


def port_is_free(port: int) -> bool:
    """Whether a server may listen on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def port_answers(port: int) -> bool:
    """Whether something accepts connections on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def running_server(
    name: str,
    command: Sequence[str],
    *,
    port: int,
    answers: Callable[[int], bool] = port_answers,
    environment: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Run ``command``, which serves on ``port``, for the length of a ``with`` block."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*dies_with_parent(), *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        try:
            _wait_until(lambda: answers(port), process, name, log)
            yield
        finally:
            stop_process(process)


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end, and make it end if it does not."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until(
    answers: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: IO[bytes]
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            words = log.read()[-2000:].decode(errors="replace").strip() or "nothing"
            raise ServerFailedError(f"The {name} server did not start. It said: {words}")
        time.sleep(0.05)
