"""Lets stripe-python talk to a sandbox in the same process, without a network."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import stripe

from sandbox.stripe.dispatch import Request
from sandbox.stripe.faults import HEADER, Fault

if TYPE_CHECKING:
    from sandbox.stripe.sandbox import Sandbox


BREATH = 0.05
"""Seconds between two tries: enough for another thread's request with the same key to end."""


class SandboxHTTPClient(stripe.HTTPClient):
    """An HTTP client whose other end is a `Sandbox` object. Time-outs come at once, and tries soon."""

    name = "sandbox"

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._sandbox = sandbox
        self.slept = 0.0

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer a request, or fail it where a fault was ordered."""
        request = _request(method, url, headers or {}, post_data)
        fault = self._sandbox.faults.take(method.upper(), request.path, request.headers.get(HEADER))
        if fault and fault.when == "before":
            answered = self._trouble(fault)
            if answered:
                return answered
        response = self._sandbox.answer(request)
        if fault and fault.when == "after":
            answered = self._trouble(fault)
            if answered:
                return answered
        return (response.body, response.status, {k.lower(): v for k, v in response.headers.items()})

    def close(self) -> None:
        """Nothing to close."""

    def _sleep_time_seconds(self, num_retries: int) -> float:
        self.slept += super()._sleep_time_seconds(num_retries)
        return BREATH

    def _trouble(self, fault: Fault) -> tuple[str, int, Mapping[str, str]] | None:
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            return None
        if fault.kind in ("timeout", "reset"):
            raise stripe.APIConnectionError(  # type: ignore[no-untyped-call]
                f"Unexpected error communicating with Stripe ({fault.kind}).", should_retry=True
            )
        return (fault.body(), int(fault.kind), {"request-id": self._sandbox.world.ids.new("req")})


def _request(method: str, url: str, headers: Mapping[str, str], post_data: Any) -> Request:
    parts = urlsplit(url)
    body = post_data.decode() if isinstance(post_data, bytes) else post_data or ""
    lowered = {name.lower(): value for name, value in headers.items()}
    return Request(method.upper(), unquote(parts.path), parts.query or body, lowered)
