"""Signed events as Stripe sends them, one after the other, and the site that takes them."""

import json
import time
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import stripe
from django.test import Client
from djstripe.models import WebhookEndpoint

from sandbox.stripe.delivery import sign

numbers = count(1)
browser = Client()


class FarAway(stripe.RequestsClient):
    """The way to a sandbox that answers ``milliseconds`` later, as if it were on another machine."""

    def __init__(self, milliseconds: int) -> None:
        super().__init__(timeout=15)
        self.fault = {"Sandbox-Fault": f"slow={milliseconds / 1000}"} if milliseconds else {}

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        """One call."""
        return super().request(method, url, {**(headers or {}), **self.fault}, post_data)


def repeated(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same events again and again, each time under an id of its own, as if they had just happened."""
    while True:
        for event in events:
            yield {**event, "id": f"evt_bench{next(numbers):012}"}


def post(endpoint: WebhookEndpoint, event: dict[str, Any]) -> float:
    """Hand an event to the site's view; gives the milliseconds until it was acknowledged."""
    body = json.dumps(event, indent=2, default=str).encode()  # decimals are strings on the wire
    signature = sign(body, endpoint.secret, int(time.time()))
    address = urlsplit(endpoint.url).path
    started = time.perf_counter()
    response = browser.post(
        address, body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    took = (time.perf_counter() - started) * 1000
    if response.status_code != 200:
        raise AssertionError(f"The event was not taken: {response.content!r}")
    return took
