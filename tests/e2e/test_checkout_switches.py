"""The switches of a shop that collects tax and begins trials without a card, as its customers meet them."""

import os
import sys
from collections.abc import Iterator
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from sandbox.processes import LOOPBACK
from sandbox.stack.checks import free_addresses
from sandbox.stack.environment import ROOT
from sandbox.stack.supervisor import Supervisor
from tests.e2e.people import new_address, sign_up
from tests.e2e.site import Site

PASSWORD = "a long walk to the harbour"
PATIENCE = 60  # seconds
SWITCHES = {"STRIPE_AUTOMATIC_TAX": "true", "TRIAL_WITHOUT_CARD": "true"}


@pytest.fixture(scope="module")
def switched(site: Site) -> Iterator[str]:
    """The address of a second web process of the same site, with the switches on."""
    port = free_addresses().port
    address = f"http://{LOOPBACK}:{port}"
    own = {"DJANGO_SETTINGS_MODULE": "config.settings.local", "SITE_URL": address, **SWITCHES}
    command = [sys.executable, str(ROOT / "manage.py"), "runserver", "--noreload", f"{LOOPBACK}:{port}"]
    supervisor = Supervisor(lambda _name, _line: None)
    supervisor.start("web", command, {**os.environ, **site.environment, **own})
    try:
        wait_for(f"{address}/healthz")
        yield address
    finally:
        supervisor.stop()


def wait_for(address: str) -> None:
    deadline = monotonic() + PATIENCE
    while True:
        try:
            urlopen(address, timeout=10).close()
        except (URLError, OSError):
            assert monotonic() < deadline, f"no answer from {address}"
            sleep(0.2)
        else:
            return


def test_a_trial_begins_without_a_card_and_tax_asks_where_the_customer_lives(
    page: Page, site: Site, switched: str
) -> None:
    email = new_address()
    sign_up(page, site, email, PASSWORD)
    page.goto(f"{switched}/billing/checkout/cutter/")
    page.get_by_role("button", name="Go to payment").click()
    page.get_by_label("Country").select_option("AT")
    page.get_by_label("VAT number").fill("ATU12345678")
    page.locator("form button[type=submit]").last.click()
    expect(page.get_by_role("heading", name="Welcome to Cutter")).to_be_visible()

    client = site.stripe.v1
    customer = client.customers.list({"email": email}).data[0]
    [subscription] = client.subscriptions.list({"customer": customer.id}).data
    assert (subscription.status, subscription.default_payment_method) == ("trialing", None)
    assert subscription.automatic_tax.enabled
    assert customer.address
    assert customer.address.country == "AT"
    [number] = client.customers.tax_ids.list(customer.id).data
    assert number.value == "ATU12345678"
    page.goto(f"{switched}/billing/")
    expect(page.get_by_text("trial", exact=False).first).to_be_visible()
