"""A local run seen from outside: started by its command, timed, its log read, stopped like a person would."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import requests

from sandbox.stack.environment import ROOT, Addresses
from sandbox.stack.errors import StackError

FIRST_PAGES = ("/", "/pricing/")
STOP_SECONDS = 60
TROUBLE = re.compile(r"\b(WARN(ING)?|ERROR|CRITICAL|FATAL|PANIC|Traceback|\w*Warning:|\w+Error:)")


class ObservedRun:
    """``make run`` in ``checkout``; leaving the ``with`` block stops it and fails on any trouble it had."""

    def __init__(self, checkout: Path, local: Path, addresses: Addresses, log: Path) -> None:
        self.checkout, self.local, self.addresses, self.log = checkout, local, addresses, log
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        self.started = time.monotonic()
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment |= {"PORT": str(self.addresses.port), "QUICKSCALE_LOCAL_DIR": str(self.local)}
        self.process = subprocess.Popen(
            ["make", "run"] if self.checkout != ROOT else [sys.executable, "-m", "sandbox.stack.run"],
            cwd=self.checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        left = self._stop()
        if error is not None:
            return
        if left:
            raise StackError(f"Still running after the stop: {', '.join(left)}.")
        if trouble := [line for line in self._lines_of_the_stack() if TROUBLE.search(line)]:
            raise StackError("The log holds warnings or errors:\n" + "\n".join(trouble[:20]))
        if "Everything is stopped." not in self.lines:
            raise StackError("The run did not say that everything is stopped.")

    def seconds_to_first_pages(self, limit: float) -> float:
        """How long after its start the first pages answered; StackError if later than ``limit``."""
        for page in FIRST_PAGES:
            while not self._answers(page):
                if self.process.poll() is not None:
                    raise StackError("The run ended before it answered:\n" + "\n".join(self.lines[-15:]))
                if time.monotonic() - self.started > limit:
                    raise StackError(
                        f"{page} did not answer within {limit} s:\n" + "\n".join(self.lines[-15:])
                    )
                time.sleep(0.1)
        return time.monotonic() - self.started

    def _answers(self, page: str) -> bool:
        try:
            return requests.get(f"{self.addresses.site}{page}", timeout=30).status_code == 200
        except requests.ConnectionError:
            return False

    def _lines_of_the_stack(self) -> list[str]:
        """The log from the first step on; what pip says of a machine's mirrors comes before."""
        first = next((number for number, line in enumerate(self.lines) if line.startswith("[1/")), 0)
        return self.lines[first:]

    def _read(self) -> None:
        with self.log.open("a") as log:
            for line in self.process.stdout or ():
                self.lines.append(line.rstrip())
                log.write(line)

    def _stop(self) -> list[str]:
        """Press ctrl-C, wait, and return the names of processes that are still there."""
        try:
            family = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            family = []
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        _, left = psutil.wait_procs(family, timeout=2)
        names = [process.name() for process in left]
        for process in left:
            process.kill()
        self.reader.join()
        return names
