"""Hears of everything that changes what somebody may read, in every process, moments after the commit.

A thread of each process listens to PostgreSQL's notifications, which triggers send with the very transaction
that changes something. Four times a second it also asks for the generation of the pages, so that it knows
that it still hears. A process that has not heard for a second is deaf: it takes nothing from the cache.
"""

from __future__ import annotations

import atexit
import logging
import os
import select
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from django.db import connections

CHANNEL = "home_page_cache"
BEAT = 0.25  # seconds between two looks
DEAF_AFTER = 0.9  # seconds without an answer
REMEMBERED = 10_000
GENERATION = "SELECT value FROM home_pagegeneration"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: which generation it was, and how much had been heard."""

    generation: str
    heard: int


class Watch:
    """What this process has heard. Safe to use from several threads, and after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._pid = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._alive_at = float("-inf")
        self._generation = ""
        self._heard = 0
        self._told = False
        self._people: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)
        self._last: dict[int, int] = {}

    def mark(self) -> Mark | None:
        """The present moment; None while this process is deaf. The first call starts to listen."""
        if self._pid != os.getpid():
            self._begin()
        if time.monotonic() - self._alive_at > DEAF_AFTER:
            return None
        return Mark(self._generation, self._heard)

    def has_changed(self, person: int, since: Mark) -> bool:
        """Whether anything about this person, or about all of them, was heard of since then."""
        if since.generation != self._generation:
            return True
        with self._lock:
            oldest = self._people[0][0] if len(self._people) == REMEMBERED else 0
            return since.heard < oldest or self._last.get(person, 0) > since.heard

    def wait_until_awake(self, seconds: float = 5) -> None:
        """Block until this process hears; for tests and benchmarks."""
        until = time.monotonic() + seconds
        while self.mark() is None:
            if time.monotonic() > until:
                raise TimeoutError("The page cache's watch did not start to hear.")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop listening; the next mark starts again."""
        thread = self._thread
        self._stop.set()
        if thread and self._pid == os.getpid():
            thread.join(5)
        self._forget()

    def _begin(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._forget()
            self._pid = os.getpid()
            self._thread = threading.Thread(
                target=self._run, args=(self._stop,), name="page-watch", daemon=True
            )
            self._thread.start()

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._listen(stop)
            except Exception as error:
                self._tell(error)
                stop.wait(1)

    def _tell(self, error: Exception) -> None:
        """Once for each time the process goes deaf."""
        if not self._told:
            log.warning("The page cache hears of no changes and rests: %s.", type(error).__name__)
        self._told = True

    def _listen(self, stop: threading.Event) -> None:
        django = connections["default"].copy()
        django.ensure_connection()
        connection: Any = django.connection
        try:
            connection.autocommit = True
            connection.add_notify_handler(lambda notify: self._hear(notify.payload))
            connection.execute(f"LISTEN {CHANNEL}")
            while not stop.is_set():
                self._beat(connection)
                select.select([connection.fileno()], [], [], BEAT)
        finally:
            django.close()

    def _beat(self, connection: Any) -> None:
        """Ask for the generation: the answer brings along every notification that came before it."""
        asked_at = time.monotonic()
        row = connection.execute(GENERATION).fetchone()
        self._generation = str(row[0]) if row else "none"
        self._alive_at, self._told = asked_at, False

    def _hear(self, payload: str) -> None:
        if not payload.isdecimal():
            return
        with self._lock:
            self._heard += 1
            self._people.append((self._heard, int(payload)))
            self._last[int(payload)] = self._heard
            if len(self._last) > 2 * REMEMBERED:
                self._last = {person: heard for heard, person in self._people}


watch = Watch()
atexit.register(watch.stop)
