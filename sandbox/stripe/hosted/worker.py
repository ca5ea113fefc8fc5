"""Beside the server: lets due things happen and carries webhooks, each endpoint in its own line."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from sandbox.stripe import timeline
from sandbox.stripe.delivery import Delivery
from sandbox.stripe.sandbox import Sandbox

log = logging.getLogger("sandbox.stripe")
TICK = 0.5


class Worker:
    """A thread that wakes after every request and twice a second; a slow endpoint holds up only itself."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._stopping = False
        self._waiting = threading.Event()
        self._busy: set[str] = set()
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="webhook")
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something may have happened: look now."""
        self._waiting.set()

    def stop(self) -> None:
        """Finish what is being sent, then end."""
        self._stopping = True
        self.wake()
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopping:
            timeline.catch_up(self._sandbox.world)
            self._send_due()
            self._waiting.wait(TICK)
            self._waiting.clear()

    def _send_due(self) -> None:
        lines: dict[str, list[Delivery]] = defaultdict(list)
        for item in self._sandbox.events.due():
            if item.endpoint_id not in self._busy:
                lines[item.endpoint_id].append(item)
        for endpoint_id, items in lines.items():
            self._busy.add(endpoint_id)
            self._pool.submit(self._send, endpoint_id, items)

    def _send(self, endpoint_id: str, items: list[Delivery]) -> None:
        try:
            for received in self._sandbox.events.carry(items):
                outcome = "delivered" if received.delivered else "not taken, will be tried again"
                log.info("webhook %s to %s: %s", received.event_id, endpoint_id, outcome)
                if self._stopping:
                    return
        finally:
            self._busy.discard(endpoint_id)
            self.wake()
