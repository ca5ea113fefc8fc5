"""The terminal of ``make run``: numbered steps, one prefix for each process, one line at a time."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

COLOURS = {"postgres": 34, "stripe": 35, "mailbox": 36, "web": 32, "worker": 33}
WIDTH = max(map(len, COLOURS))


class Console:
    """Writes to standard output from any thread without mixing lines."""

    def __init__(self, steps: int) -> None:
        self.steps, self.step_number = steps, 0
        self.lock = Lock()
        self.open_line = False
        self.coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def line(self, text: str = "") -> None:
        """Write one whole line."""
        with self.lock:
            self._write(("\n" if self.open_line else "") + text + "\n")
            self.open_line = False

    def log(self, process: str, text: str) -> None:
        """Write one line that a process printed, behind its name."""
        name = f"{process:<{WIDTH}} │"
        self.line(f"{self._paint(COLOURS.get(process, 37), name)} {text}")

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Announce a step and, once it is done, say how long it took."""
        self.step_number += 1
        head = f"[{self.step_number}/{self.steps}]"
        started = time.monotonic()
        with self.lock:
            self._write(f"{self._paint(1, head)} {what} … ")
            self.open_line = True
        yield
        with self.lock:
            took = f"{time.monotonic() - started:.1f} s"
            self._write(f"{took}\n" if self.open_line else f"{head} {what} took {took}\n")
            self.open_line = False

    def box(self, rows: list[tuple[str, str]]) -> None:
        """Write names and values in a frame; a row without a name is a line of text."""
        left = max(len(name) for name, _ in rows)
        lines = [f"{name:<{left}}   {value}" if name else value for name, value in rows]
        width = max(map(len, lines))
        frame = [f"│ {line:<{width}} │" for line in lines]
        edge = "─" * (width + 2)
        self.line("\n".join(["", f"┌{edge}┐", *frame, f"└{edge}┘", ""]))

    def _paint(self, colour: int, text: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self.coloured else text

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
