"""A throw-away server that any number of processes share: the first starts it, the last stops it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.postgres.databases import drop_database, newest_first
from sandbox.postgres.errors import PostgresError, explain
from sandbox.postgres.server import SUPERUSER, Server

FAST_AND_UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "checkpoint_timeout": "1h",
}
# Kept of each kind when the server starts and nobody uses it yet
KEPT = {"test_": 0, "unfinished_": 0, "template_": 3}


@contextmanager
def shared_server(folder: Path) -> Iterator[Server]:
    """The server in ``folder`` for the length of a ``with`` block; its data do not survive a crash.

    Every user holds a shared lock, which the system releases however a process ends, so the last one
    knows that it is the last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder, FAST_AND_UNSAFE)
    with (folder / "users.lock").open("w") as users:
        with _one_at_a_time(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not server.answers():
                _start(server)
        try:
            yield server
        finally:
            with _one_at_a_time(folder):
                if _is_last(users):
                    server.stop()


def _start(server: Server) -> None:
    if (server.data / "postmaster.pid").exists():
        # Without fsync, data that were not closed in order may be damaged; they cost a second to make again.
        server.stop()
        shutil.rmtree(server.data)
    log = server.folder / "log"
    server.initialise()
    try:
        with log.open("wb") as output:
            server.start(log=output.fileno(), outlives_us=True)
    except PostgresError as error:
        raise explain(log.read_text(errors="replace"), doing="starting") from error
    _drop_leftovers(server.url(SUPERUSER))


def _drop_leftovers(url: str) -> None:
    for prefix, kept in KEPT.items():
        for name in newest_first(url, prefix)[kept:]:
            drop_database(url, name)


def _is_last(users: object) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / "start.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
