"""Hands webhooks over on demand: in order, or twice, shuffled, or lost, as a test wishes."""

from __future__ import annotations

import http.client
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.stripe import delivery
from sandbox.stripe.delivery import Delivery, Transport
from sandbox.stripe.store import Obj, Store

TIMEOUT = 30.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Received:
    """One delivery as it was sent: the event, and whether the endpoint took it."""

    event_id: str
    event_type: str
    endpoint_id: str
    delivered: bool
    status: int | None
    error: str | None


TROUBLES = {
    "none": "come as usual",
    "twice": "come twice",
    "shuffled": "come in any order",
    "late": "come ten seconds late",
    "lost": "never come",
}
LATE = 10


class Mailbag:
    """Events still on their way to the webhook endpoints."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.trouble = "none"

    def pending(self) -> list[Obj]:
        """Events that some endpoint has not taken yet, oldest first; the same event once per endpoint."""
        waiting = delivery.find(self._store, "state = 'pending'")
        return [event for item in waiting if (event := self._store.get(item.event_id))]

    def types(self) -> list[str]:
        """The types of every event that ever happened, in order."""
        return [event["type"] for event in self._store.find("event")]

    def deliver(
        self,
        target: Transport | None = None,
        *,
        duplicate: int = 1,
        shuffle: random.Random | None = None,
        lose: Callable[[Obj], bool] | None = None,
        times: int = 1,
    ) -> list[Received]:
        """Try every pending delivery now, whatever its back-off.

        `duplicate` sends each one so many times; `shuffle` mixes their order; an event for which `lose` is
        true never arrives and is not tried again; `times` repeats the round for what failed.
        """
        done: list[Received] = []
        for _ in range(times):
            batch = delivery.find(self._store, "state = 'pending'")
            if shuffle:
                shuffle.shuffle(batch)
            for item in batch:
                done += self._hand_over(item, target or post, duplicate, lose)
        return done

    def resend(self, event_id: str, target: Transport | None = None) -> list[Received]:
        """Send an event again to every endpoint that once wanted it, as Stripe's dashboard can."""
        items = delivery.find(self._store, "event_id = ?", event_id)
        return [self._try(item, target or post) for item in items]

    def due(self, moment: float | None = None) -> list[Delivery]:
        """Deliveries whose back-off is over."""
        return delivery.find(self._store, "state = 'pending' AND next_at <= ?", moment or time.time())

    def carry(self, items: list[Delivery], target: Transport | None = None) -> Iterator[Received]:
        """Send these one by one as the trouble now set would have it; used by the server."""
        if self.trouble == "late":
            late = [item for item in items if not item.attempts and not item.next_at]
            for item in late:
                until = time.time() + LATE
                self._store.query("UPDATE deliveries SET next_at = ? WHERE seq = ?", until, item.seq)
            items = [item for item in items if item not in late]
        if self.trouble == "shuffled":
            items = random.sample(items, len(items))
        copies = 2 if self.trouble == "twice" else 1
        lose = (lambda _: True) if self.trouble == "lost" else None
        for item in items:
            yield from self._hand_over(item, target or post, copies, lose)

    def _hand_over(
        self, item: Delivery, target: Transport, duplicate: int, lose: Callable[[Obj], bool] | None
    ) -> list[Received]:
        event = self._store.get(item.event_id)
        if lose and event and lose(event):
            self._store.query("UPDATE deliveries SET state = 'lost' WHERE seq = ?", item.seq)
            return []
        return [self._try(item, target) for _ in range(duplicate)]

    def _try(self, item: Delivery, target: Transport) -> Received:
        delivered = delivery.attempt(self._store, item, target)
        now = delivery.find(self._store, "seq = ?", item.seq)[0]
        event = self._store.get(item.event_id) or {"type": "?"}
        return Received(
            item.event_id, event["type"], item.endpoint_id, delivered, now.last_status, now.last_error
        )


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Stripe does not follow redirects, so neither does the sandbox."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Refuse."""


_OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST to an address of this machine; raises OSError when nobody answers properly."""
    if urlsplit(url).hostname not in _LOOPBACK:
        raise OSError("The sandbox delivers to this machine only (127.0.0.1 or localhost).")
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with _OPENER.open(request, timeout=TIMEOUT) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except urllib.error.URLError as error:
        raise OSError(f"Nobody answers at the endpoint: {error.reason}.") from error
    except (http.client.HTTPException, ValueError, OverflowError) as error:
        raise OSError(f"The endpoint can't be called or read: {type(error).__name__}.") from error
