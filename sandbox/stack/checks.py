"""What could keep the stack from starting, found before anything is started."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from sandbox.processes import free_port, port_is_free
from sandbox.stack.environment import Addresses
from sandbox.stack.errors import StackError

NEEDED_SPACE = 300 * 1024 * 1024  # bytes: a new database with demo content takes 120 MB
LAST_PORT = 65535


def chosen_port() -> int:
    """The site's port: PORT from the environment, else 8000."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1024 <= int(text) <= LAST_PORT - 3:
        raise StackError(
            f"PORT is {text!r}, which is no port between 1024 and {LAST_PORT - 3}. Try `make run PORT=8100`."
        )
    return int(text)


def check_folder(folder: Path) -> None:
    """Make ``folder`` if need be, and see that it can be written to and has room."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # it holds keys, mails and the database
        probe = folder / f".probe-{os.getpid()}"
        probe.write_text("can be written")
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise StackError(
            f"The folder {folder} cannot be written to ({error.strerror}). Everything the site keeps on this "
            "machine goes there: make it writable, or move the project."
        ) from error
    if free < NEEDED_SPACE:
        raise StackError(
            f"The disk of {folder} has {free // 2**20} MB left and {NEEDED_SPACE // 2**20} MB are needed. "
            "Free some space and start again."
        )


def check_ports(addresses: Addresses) -> None:
    """See that nothing listens on the ports the stack is about to use."""
    for what, port in addresses.ports.items():
        if not port_is_free(port):
            raise StackError(
                f"Port {port}, meant for {what}, is taken{_by_whom(port)}. "
                f"Stop that program, or choose other ports: `make run PORT={_other(addresses.port)}`."
            )


def free_addresses() -> Addresses:
    """Addresses whose ports are all free just now, for runs beside the usual one."""
    for _ in range(50):
        addresses = Addresses(free_port())
        if all(map(port_is_free, addresses.ports.values())):
            return addresses
    raise StackError("There are no four free ports in a row on this machine.")


@contextmanager
def only_one_run(folder: Path, addresses: Addresses) -> Iterator[None]:
    """Refuse to start while another run uses ``folder``; the system forgets the lock of a run that died."""
    with (folder / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            where = lock.read().strip() or "another terminal"
            raise StackError(
                f"The site of this folder already runs: {where}. Stop it there with ctrl-C."
            ) from error
        lock.truncate(0)
        lock.write(f"{addresses.site} (process {os.getpid()})")
        lock.flush()
        yield
        lock.truncate(0)


def _by_whom(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                return (
                    f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
                    if connection.pid
                    else ""
                )
    except psutil.Error:
        pass
    return ""


def _other(port: int) -> int:
    candidates = range(port + 100, LAST_PORT - 3, 100)
    return next(
        (base for base in candidates if all(map(port_is_free, Addresses(base).ports.values()))), port + 100
    )
