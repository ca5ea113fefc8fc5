"""The sandbox as a process: over real HTTP, killed, restarted, stopped, and kept away from production."""

import contextlib
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import stripe

from sandbox.processes import free_port
from sandbox.stripe.sandbox import TEST_KEY
from tests.factories.stripe_server import ROOT, Server


def buy(server: Server) -> str:
    """A session for a trial, paid on the hosted page as a browser would; answers its id."""
    client = server.stripe.v1
    product = client.products.create({"name": "Pro"})
    recurring = {"interval": "month"}
    price = client.prices.create(
        {"product": product.id, "currency": "eur", "unit_amount": 1900, "recurring": recurring}
    )
    customer = client.customers.create({"email": "a@example.com"})
    session = client.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": customer.id,
            "line_items": [{"price": price.id, "quantity": 1}],
            "success_url": f"{server.address}/healthz?paid={{CHECKOUT_SESSION_ID}}",
            "subscription_data": {"trial_period_days": 14},
        }
    )
    card = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "name": "Ada"}
    with urlopen(Request(session.url, urlencode(card).encode())) as landed:
        assert landed.url == f"{server.address}/healthz?paid={session.id}"
    return session.id


def test_a_purchase_over_http_survives_kill_and_restart(server: Server) -> None:
    session_id = buy(server)
    done = server.stripe.v1.checkout.sessions.retrieve(session_id)
    assert done.status == "complete"
    replay = {"idempotency_key": "k"}
    first = server.stripe.v1.customers.create({"name": "once"}, replay)

    server.end(signal.SIGKILL)
    server.start()

    assert server.stripe.v1.checkout.sessions.retrieve(session_id).status == "complete"
    assert server.stripe.v1.subscriptions.retrieve(done.subscription).status == "trialing"
    assert server.stripe.v1.customers.create({"name": "once"}, replay).id == first.id


TAX_ID = {"type": "us_ein", "value": "12-3456789"}


def storm(server: Server, number: int, done: list[tuple[str, str]], stop: threading.Event) -> None:
    """Make customers with credit, each under a key of its own, and note what was answered."""
    client = stripe.StripeClient(TEST_KEY, base_addresses={"api": server.address}, max_network_retries=0)
    for count in range(10_000):
        if stop.is_set():
            return
        key = f"{number}-{count}"
        params: Any = {
            "name": key,
            "balance": -100,
            "tax_id_data": [{"type": "us_ein", "value": "12-3456789"}],
        }
        with contextlib.suppress(stripe.StripeError):
            done.append((key, client.v1.customers.create(params, {"idempotency_key": key}).id))


def test_a_kill_in_the_middle_of_a_storm_loses_nothing_that_was_answered(server: Server) -> None:
    done: list[tuple[str, str]] = []
    stop = threading.Event()
    threads = [threading.Thread(target=storm, args=(server, n, done, stop)) for n in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        before = len(done)
        until = time.monotonic() + 120
        while len(done) < before + 40 and time.monotonic() < until:
            time.sleep(0.01)
        server.end(signal.SIGKILL)
        server.start()
    stop.set()
    for thread in threads:
        thread.join()
    client = server.stripe.v1
    found = {customer.id: customer for customer in client.customers.list({"limit": 100}).auto_paging_iter()}
    assert {customer_id for _, customer_id in done} <= found.keys()
    names = [customer.name for customer in found.values()]
    assert len(names) == len(set(names)) >= 120
    for customer in found.values():
        assert customer.balance == -100
        entries = client.customers.balance_transactions.list(customer.id).data
        assert [entry.amount for entry in entries] == [-100]
        assert len(client.customers.tax_ids.list(customer.id).data) == 1
    key, customer_id = done[-1]
    params: Any = {"name": key, "balance": -100, "tax_id_data": [TAX_ID]}
    assert client.customers.create(params, {"idempotency_key": key}).id == customer_id
    created = client.events.list({"type": "customer.created", "limit": 100}).auto_paging_iter()
    assert {event.data.object["id"] for event in created} == found.keys()


def test_the_moved_clock_survives_a_restart(server: Server) -> None:
    subscription = server.stripe.v1.checkout.sessions.retrieve(buy(server)).subscription
    urlopen(Request(f"{server.address}/clock", urlencode({"step": "month"}).encode())).close()
    assert server.stripe.v1.subscriptions.retrieve(subscription).status == "active"
    server.end(signal.SIGKILL)
    server.start()
    made = server.stripe.v1.customers.create({})
    assert made.created > time.time() + 30 * 86_400


class Hook(http.server.BaseHTTPRequestHandler):
    """A webhook endpoint that fails the first call of every event."""

    seen: list[tuple[bytes, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        first = all(body != earlier for earlier, _ in self.seen)
        self.seen.append((body, self.headers["Stripe-Signature"]))
        self.send_response(500 if first else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def hook() -> Iterator[http.server.ThreadingHTTPServer]:
    Hook.seen = []
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_webhooks_go_out_by_themselves_signed_and_are_tried_again(
    server: Server, hook: http.server.ThreadingHTTPServer
) -> None:
    url = f"http://127.0.0.1:{hook.server_port}/hook"
    endpoint = server.stripe.v1.webhook_endpoints.create({"url": url, "enabled_events": ["customer.created"]})
    customer = server.stripe.v1.customers.create({})
    deadline = time.monotonic() + 60
    while len(Hook.seen) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(Hook.seen) == 2
    for body, signature in Hook.seen:
        event = stripe.Webhook.construct_event(body, signature, endpoint.secret)
        assert event.data.object.id == customer.id


def test_the_log_is_one_plain_line_per_request_and_holds_no_warning(server: Server) -> None:
    buy(server)
    with pytest.raises(stripe.InvalidRequestError):
        server.stripe.v1.customers.retrieve("cus_x")
    with pytest.raises(stripe.APIConnectionError):
        server.stripe.v1.customers.create({}, {"headers": {"Sandbox-Fault": "reset"}})
    assert server.end(signal.SIGTERM) == 0
    log = server.log.read_text()
    assert "GET /v1/customers/cus_x 404" in log
    assert not any(word in log for word in ("WARNING", "ERROR", "Traceback", "4242", "a@example.com"))
    assert log.splitlines()[-1] == "Stripe sandbox stopped"


def test_a_reset_on_demand_is_retried_by_the_real_client(server: Server) -> None:
    server.stripe.v1.customers.create({})
    urlopen(Request(f"{server.address}/faults", urlencode({"kind": "reset"}).encode())).close()
    client = stripe.StripeClient(TEST_KEY, base_addresses={"api": server.address}, max_network_retries=1)
    assert client.v1.customers.create({}).id


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"STRIPE_SECRET_KEY": "sk" + "_live_" + "1" * 24}, "live Stripe key (found in STRIPE_SECRET_KEY)"),
        ({"SOMETHING": "rk" + "_live_" + "1" * 24}, "live Stripe key (found in SOMETHING)"),
        ({"DJANGO_SETTINGS_MODULE": "config.settings.production"}, "production settings"),
    ],
)
def test_it_does_not_start_near_real_money(environment: dict[str, str], sentence: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.stripe", "--port", str(free_port())],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "1" * 24 not in done.stderr


def test_a_taken_port_is_one_clear_sentence(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.stripe", "--port", str(server.port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert f"can't listen on port {server.port}" in done.stderr
    assert "Traceback" not in done.stderr
