"""The sandbox as tests hold it: make one, talk Stripe to it, move its clock, pull its webhooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stripe

from sandbox.stripe import checkout_page, delivery, dispatch, timeline
from sandbox.stripe.billing.payers import Payer
from sandbox.stripe.clock import Clock
from sandbox.stripe.delivery import Transport
from sandbox.stripe.dispatch import Request, Response
from sandbox.stripe.faults import Fault, Faults
from sandbox.stripe.ids import Ids
from sandbox.stripe.mailbag import Mailbag, Received
from sandbox.stripe.store import Obj, Store
from sandbox.stripe.transport import SandboxHTTPClient
from sandbox.stripe.world import Settings, World

TEST_KEY = "sk" + "_test_" + "0" * 24

Observer = Callable[[Request, Response], None]


class Sandbox:
    """One Stripe account in test mode.

    `now` freezes the clock (an aware datetime or Unix seconds); without it time runs. `path` keeps the
    state in a file; without it the state is gone with the object. `seed` makes identifiers repeatable.
    """

    def __init__(
        self,
        *,
        now: dt.datetime | int | None = None,
        path: Path | None = None,
        seed: int | None = None,
        settings: Settings | None = None,
    ) -> None:
        store = Store(path)
        clock = Clock(None if now is None else _seconds(now))
        self.world = World(store, clock, Ids(seed), settings or Settings())
        self.faults = Faults()
        self.events = Mailbag(store)
        self.observers: list[Observer] = []
        timeline.restore_clock(self.world)

    @property
    def api_key(self) -> str:
        """A key the sandbox accepts (as it accepts every test key)."""
        return TEST_KEY

    @property
    def now(self) -> int:
        """The sandbox's present in Unix seconds."""
        return self.world.now

    def answer(self, request: Request) -> Response:
        """Answer one API request; every transport ends here."""
        response = dispatch.answer(self.world, request)
        for observer in self.observers:
            observer(request, response)
        return response

    def http_client(self) -> SandboxHTTPClient:
        """For `StripeClient(http_client=...)` and `stripe.default_http_client`."""
        return SandboxHTTPClient(self)

    def client(self, **options: Any) -> stripe.StripeClient:
        """A StripeClient that talks to this sandbox without a network."""
        return stripe.StripeClient(self.api_key, http_client=self.http_client(), **options)

    def advance(
        self, *, days: float = 0, hours: float = 0, seconds: float = 0, to: dt.datetime | int | None = None
    ) -> int:
        """Move time forward; everything due on the way happens in order. Answers the new moment."""
        step = int(days * 86_400 + hours * 3600 + seconds)
        return timeline.advance(self.world, _seconds(to) if to is not None else self.now + step)

    def complete_checkout(
        self,
        session_id: str,
        *,
        card: str = "4242424242424242",
        name: str = "Test Customer",
        email: str = "",
        **payer: str,
    ) -> Obj:
        """Do what a customer does on the hosted page, 3-D Secure included; a refused card raises ApiError.

        `payer` takes `country`, `postal_code` and `tax_id`; `card=""` leaves the card out.
        """
        who = Payer(name, email or None, **payer)
        checkout_page.pay(self.world, session_id, number=card, payer=who, authenticated=True)
        return self.world.show(self.world.fetch("checkout.session", session_id))

    def deliver(self, target: Transport | None = None, **trouble: Any) -> list[Received]:
        """Send what is pending: to the endpoints over HTTP, or to `target(url, body, headers) -> status`.

        See `Mailbag.deliver` for `duplicate`, `shuffle`, `lose` and `times`.
        """
        return self.events.deliver(target, **trouble)

    def fail(self, kind: str, **where: Any) -> None:
        """Trouble for a coming API request: `sandbox.fail("500", path="/v1/customers", when="after")`."""
        self.faults.add(Fault(kind, **where))

    def roll_secret(self, endpoint_id: str) -> str:
        """Give a webhook endpoint a new signing secret; the old one signs beside it until `drop_old_secrets`.

        Stripe's dashboard does this, its API can't, so the new secret is answered here.
        """
        endpoint = self.world.fetch("webhook_endpoint", endpoint_id)
        old = [endpoint["_secret"], *endpoint.get("_old_secrets", [])]
        secret = self.world.ids.new("whsec")
        self.world.store.put({**endpoint, "_secret": secret, "_old_secrets": old})
        return secret

    def drop_old_secrets(self, endpoint_id: str) -> None:
        """Let only the newest secret of a webhook endpoint sign from now on."""
        endpoint = self.world.fetch("webhook_endpoint", endpoint_id)
        self.world.store.put({**endpoint, "_old_secrets": []})

    def find(self, kind: str, **where: Any) -> list[Obj]:
        """Objects as Stripe would show them, oldest first: `sandbox.find("invoice", customer=...)`."""
        return [self.world.show(obj) for obj in self.world.store.find(kind, **where)]

    def deliveries(self) -> list[delivery.Delivery]:
        """Every delivery and how it went."""
        return delivery.find(self.world.store)

    def close(self) -> None:
        """Let go of the state file."""
        self.world.store.close()


def _seconds(moment: dt.datetime | int) -> int:
    if isinstance(moment, dt.datetime):
        if moment.tzinfo is None:
            raise ValueError("Give an aware datetime: the sandbox can't guess a time zone.")
        return int(moment.timestamp())
    return int(moment)
