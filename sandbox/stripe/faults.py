"""Trouble on demand: makes chosen requests fail the way networks and servers do."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass

HEADER = "sandbox-fault"
KINDS = ("500", "503", "429", "timeout", "reset", "slow")


@dataclass
class Fault:
    """What happens to a matching request.

    `when="before"` fails the request unheard; `"after"` does the work and loses the answer.
    """

    kind: str
    path: str = ".*"
    method: str = ".*"
    times: int = 1
    when: str = "before"
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.when not in ("before", "after"):
            raise ValueError(
                f"A fault is one of {', '.join(KINDS)}, before or after; not {self.kind} {self.when}."
            )

    def body(self) -> str:
        """What Stripe's servers say when they stumble."""
        limited = self.kind == "429"
        error = {
            "type": "invalid_request_error" if limited else "api_error",
            "message": "Too many requests." if limited else "An unknown error occurred",
        }
        return json.dumps({"error": {**error, "code": "rate_limit"} if limited else error})

    def hits(self, method: str, path: str) -> bool:
        """True when the request is one of those to trouble."""
        return bool(re.fullmatch(self.method, method) and re.search(self.path, path))


class Faults:
    """The faults waiting for their request; each goes away after its number of times."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    @property
    def waiting(self) -> list[Fault]:
        """What is still to come."""
        return list(self._waiting)

    def add(self, fault: Fault) -> None:
        """Queue a fault."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """No more trouble."""
        with self._lock:
            self._waiting.clear()

    def take(self, method: str, path: str, header: str | None = None) -> Fault | None:
        """The fault for this request: from its header (`500`, `reset after`, `slow=2`), or queued."""
        if header:
            return parse(header)
        with self._lock:
            for fault in self._waiting:
                if fault.hits(method, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None


def parse(text: str) -> Fault:
    """Read the header's value: a kind, optionally `=seconds`, optionally ` after`."""
    kind, _, when = text.strip().partition(" ")
    kind, _, seconds = kind.partition("=")
    return Fault(kind=kind, when=when.strip() or "before", seconds=float(seconds or 1))
