"""Processes that tests kill: a worker, a web server, and the way to wait for what they do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from sandbox.processes import LOOPBACK, dies_with_parent, installed_program
from sandbox.stack.environment import ROOT

PATIENCE = 60  # seconds
WORKER = (sys.executable, str(ROOT / "manage.py"), "procrastinate", "worker")


def web(port: int) -> tuple[str, ...]:
    """The command of a web server on that port."""
    gunicorn = (sys.executable, installed_program("gunicorn"), "--bind", f"{LOOPBACK}:{port}")
    return (*gunicorn, "--worker-class", "gthread", "--threads", "4", "--no-control-socket", "config.wsgi")


class Program:
    """One program that is killed and started again, with everything it started itself."""

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
        self.command = command
        self.environment = {**os.environ, **environment}
        self.log = log

    def start(self) -> None:
        """Run it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*dies_with_parent("KILL"), *self.command],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL, for it and its children, in this very moment."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def start_again_if_it_ended(self) -> bool:
        """Do what whoever supervises it would do."""
        has_ended = self._process.poll() is not None
        if has_ended:
            self.start()
        return has_ended


@contextmanager
def worker(database_url: str, stripe: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process, as in production; killed at the end of the block."""
    process = subprocess.Popen(
        WORKER,
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "STRIPE_API_BASE": stripe,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(happened: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> None:
    """Return once it has happened; fail with ``what`` if it does not."""
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen within {patience} s"
        time.sleep(0.1)
