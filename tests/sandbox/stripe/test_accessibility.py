"""The sandbox's pages in a real browser: accessible, inside the screen, usable to the end."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from sandbox.stripe import Sandbox
from sandbox.stripe.hosted.app import build
from tests.factories.stripe import ASKS_ALWAYS, DECLINED, Shop


@pytest.fixture
def address(sandbox: Sandbox) -> Iterator[str]:
    """The sandbox's pages served on a free port."""
    server = make_server("127.0.0.1", 0, build(sandbox), threaded=True)
    sandbox.world.settings.site_url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield sandbox.world.settings.site_url
    server.shutdown()
    thread.join()
    server.server_close()


def must_be_usable(page: Page) -> None:
    """No axe violation and nothing wider than the screen, once all of it is there."""
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_every_page_is_accessible_and_fits(
    page: Page, address: str, sandbox: Sandbox, shop: Shop, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    made = shop.subscribe()
    endpoint = {"url": "http://127.0.0.1:9/", "enabled_events": ["*"]}
    shop.stripe.v1.webhook_endpoints.create(endpoint)
    session = shop.session(subscription_data={"trial_period_days": 14}, cancel_url=f"{address}/")
    portal = shop.stripe.v1.billing_portal.sessions.create({"customer": made.customer})
    event = sandbox.find("event")[-1]["id"]
    invoice = shop.invoices(made.id)[0].hosted_invoice_url
    promoted = shop.session(allow_promotion_codes=True)
    dearer = shop.price(3900)
    plans = f"{portal.url}/subscriptions/{made.id}"
    offers = (f"{plans}/update", f"{plans}/confirm?price={dearer.id}", f"{plans}/cancel")
    cards = (f"{portal.url}/cards/new", f"{portal.url}/details")
    later = shop.subscribe(collection_method="send_invoice", days_until_due=14)
    unpaid = shop.invoices(later.id)[0].hosted_invoice_url
    keep = {"customer_update": {"address": "auto", "name": "auto"}, "tax_id_collection": {"enabled": True}}
    taxed = shop.session(customer=str(made.customer), automatic_tax={"enabled": True}, **keep)
    free = {"payment_method_collection": "if_required", "subscription_data": {"trial_period_days": 14}}
    params = {"amount": 500, "currency": "eur", "confirm": True}
    asked = shop.stripe.v1.payment_intents.create(
        {**params, "payment_method": "pm_card_authenticationRequired"}
    )
    bank = asked.next_action.redirect_to_url.url
    for path in (promoted.url, taxed.url, shop.session(**free).url, bank, *offers, *cards, unpaid):
        page.goto(path)
        must_be_usable(page)
    for path in ("/", session.url, f"/events/{event}", portal.url, invoice, "/checkout/pay/x"):
        page.goto(path if path.startswith("http") else address + path)
        must_be_usable(page)


def test_a_person_pays_after_a_refusal_and_the_banks_question(
    page: Page, address: str, sandbox: Sandbox, shop: Shop
) -> None:
    success = f"{address}/healthz?paid={{CHECKOUT_SESSION_ID}}"
    session = shop.session(customer=shop.customer().id, success_url=success)
    page.goto(session.url)
    page.get_by_label("Card number").fill(DECLINED)
    page.get_by_label("Expiry date").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Ada Lovelace")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("alert")).to_contain_text("declined")
    must_be_usable(page)

    page.get_by_label("Card number").fill(ASKS_ALWAYS)
    page.get_by_role("button", name="Subscribe").click()
    must_be_usable(page)
    page.get_by_role("button", name="Confirm the payment").click()
    page.wait_for_url(f"{address}/healthz?paid={session.id}")
    assert sandbox.find("subscription")[0]["status"] == "active"
