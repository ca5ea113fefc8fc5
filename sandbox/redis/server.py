"""Run Redis on a free loopback port, in memory only."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.processes import LOOPBACK, free_port, installed_program, running_server


@contextmanager
def redis_server() -> Iterator[str]:
    """The REDIS_URL of a server that lives for the length of a ``with`` block."""
    port = free_port()
    options = ["--port", str(port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no", "--dir", "/tmp"]  # noqa: S108
    with running_server("Redis", [installed_program("redis-server"), *options], port=port):
        yield f"redis://{LOOPBACK}:{port}/0"
