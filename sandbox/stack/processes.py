"""The processes of a local run, in the order in which they need one another."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sandbox.postgres.databases import create_database, database_names
from sandbox.postgres.server import SUPERUSER, Server
from sandbox.processes import LOOPBACK, installed_program, port_answers
from sandbox.stack.console import Console
from sandbox.stack.environment import DEMO_MARK, ROOT, Addresses, write_environment
from sandbox.stack.errors import StackError
from sandbox.stack.supervisor import Supervisor

DATABASE = "quickscale"
FIRST_STEPS = 6  # one less when the content is there
PATIENCE = 90  # seconds


class Stack:
    """One local run: PostgreSQL, the stand-ins, the database's content, the site and its worker."""

    def __init__(self, folder: Path, addresses: Addresses) -> None:
        self.folder, self.addresses = folder, addresses
        self.returning = (folder / DEMO_MARK).exists()
        self.console = Console(FIRST_STEPS - 1 if self.returning else FIRST_STEPS)
        self.supervisor = Supervisor(self.console.log)
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        """Start everything and return once the site answers."""
        with self.console.step("Starting PostgreSQL"):
            self._start_postgres()
        with self.console.step("Starting the Stripe sandbox and the mailbox"):
            self._start_stand_ins()
        if self.returning:
            self._start_web()  # its tables are there, so it may load while the rest is looked after
        self._prepare()
        with self.console.step("Starting the site and its worker"):
            if not self.returning:
                self._start_web()
            self._start("worker", "-m", "sandbox.stack.reloading", *_WORKER)
            self._wait_until(self._site_answers, what="the site")

    def welcome(self) -> None:
        """Say where everything is and how to get in."""
        self.console.box(
            [
                ("", "QuickScale runs. ctrl-C stops it."),
                ("", ""),
                ("Site", f"{self.addresses.site}/"),
                ("Pricing", f"{self.addresses.site}/pricing/"),
                ("Wagtail admin", f"{self.addresses.site}/admin/"),
                ("Mailbox", f"{self.addresses.mailbox}/"),
                ("Stripe sandbox", f"{self.addresses.stripe}/"),
                ("", ""),
                ("Administrator", "admin@example.com"),
                ("Editor", "editor@example.com"),
                ("Billing admin", "billing@example.com"),
                ("Member", "member@example.com"),
                ("Their password", self.environment["DEMO_PASSWORD"]),
            ]
        )

    def _start_postgres(self) -> None:
        server = Server(self.folder / "postgres")
        server.initialise()
        self.supervisor.adopt("postgres", server.start(log=subprocess.PIPE), signal.SIGINT)
        if DATABASE not in database_names(server.url(SUPERUSER)):
            create_database(server.url(SUPERUSER), DATABASE)
        self.environment = {
            **write_environment(self.folder, self.addresses, server.url(DATABASE)),
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "QUICKSCALE_LOCAL_DIR": str(self.folder),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
            "PYTHONUNBUFFERED": "1",
        }

    def _start_stand_ins(self) -> None:
        _, stripe, page, smtp = self.addresses.ports.values()
        self._start("stripe", "-m", "sandbox.stripe", "--port", f"{stripe}", *self._state("stripe"))
        ports = ("--port", f"{page}", "--smtp-port", f"{smtp}")
        self._start("mailbox", "-m", "sandbox.mailbox", *ports, *self._state("mailbox"))
        for port in (stripe, page, smtp):
            self._wait_until(partial(port_answers, port), what=f"port {port}")

    def _prepare(self) -> None:
        """Run ``sandbox.stack.prepare``, showing what it announces as steps of ours."""
        with ExitStack() as step:

            def hear(line: str) -> None:
                if line.startswith("STEP "):
                    step.close()
                    step.enter_context(self.console.step(line.removeprefix("STEP ")))
                else:
                    self.console.line(f"      {line}")

            command = [sys.executable, "-m", "sandbox.stack.prepare"]
            code = self.supervisor.run_to_end(command, self.environment, hear)
        if code:
            raise StackError("The database could not be prepared; the lines above say why.")

    def _start_web(self) -> None:
        options = ["--bind", f"{LOOPBACK}:{self.addresses.port}", *_GUNICORN, "config.wsgi"]
        self._start("web", installed_program("gunicorn"), *options)

    def _start(self, name: str, *arguments: str) -> None:
        self.supervisor.start(name, [sys.executable, *arguments], self.environment)

    def _state(self, name: str) -> tuple[str, str]:
        return "--state", str(self.folder / f"{name}.sqlite3")

    def _wait_until(self, answers: Callable[[], bool], *, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not answers():
            ended = self.supervisor.ended()
            if ended:
                raise StackError(f"The {ended.name} process stopped while starting; its lines above say why.")
            if time.monotonic() > deadline:
                raise StackError(f"There was no answer from {what} within {PATIENCE} seconds.")
            time.sleep(0.1)

    def _site_answers(self) -> bool:
        try:
            urlopen(f"{self.addresses.site}/healthz", timeout=30).close()
        except (URLError, OSError):
            return False
        return True


_WORKER = [sys.executable, str(ROOT / "manage.py"), "procrastinate", "worker"]
_GUNICORN = [
    *("--worker-class", "gthread", "--threads", "8"),
    *("--reload", "--log-level", "error", "--no-control-socket", "--graceful-timeout", "5"),
    *("--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s %(M)s ms"),
]
