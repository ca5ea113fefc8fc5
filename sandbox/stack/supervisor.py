"""Processes that live together: one log, one fate, stopped in the reverse order of their start."""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.processes import dies_with_parent

STOP_SECONDS = 15
Log = Callable[[str, str], None]


class StopRequestedError(Exception):
    """Somebody asked the whole to stop: ctrl-C, a closed terminal, or ``kill``."""


@dataclass(frozen=True)
class Child:
    """One watched process, the signal that makes it end in order, and the thread that passes its log on."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    reader: threading.Thread

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.poll() is not None


class Supervisor:
    """Starts processes, passes their output on, and ends all of them, the last started first."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.children: list[Child] = []
        self.endings: queue.Queue[Child] = queue.Queue()
        self.asked_to_stop = False

    def listen_to_signals(self) -> None:
        """Raise StopRequestedError in the main thread on the first request to stop; kill on the next."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        """Start one process in a session of its own, so that a ctrl-C reaches only us."""
        return self.adopt(name, start_in_own_session(command, environment), signal.SIGTERM)

    def adopt(self, name: str, process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> Child:
        """Watch a process that was started with its output in a pipe."""
        reader = threading.Thread(target=lambda: self._pass_on(child), daemon=True)
        child = Child(name, process, stop_signal, reader)
        self.children.append(child)
        reader.start()
        return child

    def run_to_end(
        self, command: Sequence[str], environment: Mapping[str, str], hear: Callable[[str], None]
    ) -> int:
        """Run one process to its end, handing its lines to ``hear``, and return its exit code."""
        process = start_in_own_session(command, environment)
        try:
            for line in process.stdout or ():
                hear(line.decode(errors="replace").rstrip())
            return process.wait()
        finally:
            process.kill()
            process.wait()

    def wait(self) -> Child:
        """Return the first process that ends by itself."""
        return self.endings.get()

    def ended(self) -> Child | None:
        """A process that has ended by itself, if there is one."""
        return next((child for child in self.children if child.ended), None)

    def stop(self) -> None:
        """End every process, the last started first, each before the next is asked."""
        self.asked_to_stop = True
        for child in reversed(self.children):
            _end(child)
        for child in self.children:
            child.reader.join(timeout=2)

    def _on_signal(self, _number: int, _frame: object) -> None:
        if self.asked_to_stop:
            for child in self.children:
                _kill(child)
            return
        self.asked_to_stop = True
        raise StopRequestedError

    def _pass_on(self, child: Child) -> None:
        for line in child.process.stdout or ():
            self.log(child.name, line.decode(errors="replace").rstrip())
        child.process.wait()
        self.endings.put(child)


def start_in_own_session(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a process that ends with us, its output in one pipe."""
    return subprocess.Popen(
        [*dies_with_parent(), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def _end(child: Child) -> None:
    if not child.ended:
        child.process.send_signal(child.stop_signal)
    try:
        child.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(child)
        child.process.wait()


def _kill(child: Child) -> None:
    if not child.ended:
        os.killpg(child.process.pid, signal.SIGKILL)
