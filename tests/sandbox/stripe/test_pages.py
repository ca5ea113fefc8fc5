"""The sandbox's pages: usable without JavaScript, and closed to other sites."""

import re

import pytest
from flask.testing import FlaskClient

from sandbox.stripe import Sandbox
from sandbox.stripe.hosted.app import build
from sandbox.stripe.hosted.checkout import expiry
from tests.factories.stripe import ASKS_ALWAYS, DECLINED, NO_FUNDS, VISA, Shop

CARD = {"number": VISA, "expiry": "12 / 34", "cvc": "123", "name": "Ada Lovelace"}


@pytest.fixture
def visitor(sandbox: Sandbox) -> FlaskClient:
    return build(sandbox).test_client()


@pytest.fixture
def address(shop: Shop) -> str:
    """The path of an open checkout for a trial of a known customer."""
    session = shop.session(customer=shop.customer().id, subscription_data={"trial_period_days": 14})
    return session.url.partition("12111")[2]


def test_the_page_says_what_is_due_now_and_later(visitor: FlaskClient, address: str) -> None:
    page = visitor.get(address).text
    assert "€0.00" in page
    assert "€19.00 per month from 14 Feb" in page
    assert "ada@example.com" in page
    assert 'href="https://shop.example/plans"' in page
    assert "Start trial" in page
    assert "4000 0000 0000 9995" in page


def test_without_a_trial_the_first_period_is_due(visitor: FlaskClient, shop: Shop) -> None:
    session = shop.session(shop.price(19000, "year"))
    page = visitor.get(session.url.partition("12111")[2]).text
    assert "€190.00" in page
    assert "€190.00 / year" in page
    assert 'type="email"' in page


def test_paying_leads_back_to_the_shop_with_the_session(
    visitor: FlaskClient, sandbox: Sandbox, address: str
) -> None:
    answer = visitor.post(address, data=CARD)
    session_id = address.rpartition("/")[2]
    assert answer.status_code == 303
    assert answer.location == f"https://shop.example/thanks?session={session_id}"
    assert sandbox.find("subscription")[0]["status"] == "trialing"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (DECLINED, "Your card was declined."),
        (NO_FUNDS, "insufficient funds"),
        ("4111111111111111", "non test card"),
    ],
)
def test_a_refused_card_is_explained_and_what_was_typed_is_kept(
    visitor: FlaskClient, address: str, number: str, sentence: str
) -> None:
    answer = visitor.post(address, data={**CARD, "number": number})
    assert answer.status_code == 402
    assert sentence in answer.text
    assert "Nothing was charged" in answer.text
    for kept in (number, "12 / 34", "Ada Lovelace"):
        assert f'value="{kept}"' in answer.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("number", "4242", "Enter the card number"),
        ("number", "", "Enter the card number"),
        ("expiry", "13 / 34", "Enter the expiry date"),
        ("expiry", "01 / 26", ""),
        ("expiry", "12 / 25", "has expired"),
        ("cvc", "12", "Enter the 3 or 4 digits"),
        ("name", " ", "Enter the name"),
    ],
)
def test_each_field_says_what_is_wrong_with_it(
    visitor: FlaskClient, address: str, field: str, value: str, sentence: str
) -> None:
    answer = visitor.post(address, data={**CARD, field: value})
    assert answer.status_code == (422 if sentence else 303)
    assert sentence in answer.text


def test_a_stranger_must_give_an_address(visitor: FlaskClient, shop: Shop) -> None:
    path = shop.session().url.partition("12111")[2]
    assert "Enter your e-mail address" in visitor.post(path, data=CARD).text
    assert visitor.post(path, data={**CARD, "email": "new@example.com"}).status_code == 303


def test_what_is_typed_can_not_become_markup(visitor: FlaskClient, address: str) -> None:
    answer = visitor.post(address, data={**CARD, "name": '"><script>alert(1)</script>', "cvc": ""})
    assert "<script" not in answer.text


def test_the_bank_asks_and_may_be_refused(visitor: FlaskClient, sandbox: Sandbox, address: str) -> None:
    asked = visitor.post(address, data={**CARD, "number": ASKS_ALWAYS})
    assert asked.location.startswith("/3ds/")
    assert "Confirm the payment" in visitor.get(asked.location).text

    refused = visitor.post(asked.location, data={"answer": "refuse"})
    assert "did not confirm" in visitor.get(refused.location).text
    assert sandbox.find("subscription") == []

    visitor.post(address, data={**CARD, "number": ASKS_ALWAYS})
    confirmed = visitor.post(asked.location, data={"answer": "approve"})
    assert confirmed.location.startswith("https://shop.example/thanks")
    assert visitor.post(asked.location, data={"answer": "approve"}).location == address


def test_a_paid_checkout_says_so_and_charges_nobody_again(
    visitor: FlaskClient, sandbox: Sandbox, address: str
) -> None:
    visitor.post(address, data=CARD)
    assert "Already paid" in visitor.get(address).text
    assert "Already paid" in visitor.post(address, data=CARD).text
    assert len(sandbox.find("subscription")) == 1


def test_an_expired_and_an_unknown_checkout_say_so(
    visitor: FlaskClient, sandbox: Sandbox, address: str
) -> None:
    sandbox.advance(days=2)
    expired = visitor.get(address)
    assert (expired.status_code, "has expired" in expired.text) == (410, True)
    for path in ("/checkout/pay/cs_test_x", "/3ds/x", "/p/session/x", "/invoice/a/x", "/events/x"):
        unknown = visitor.get(path)
        assert (unknown.status_code, "There is nothing here" in unknown.text) == (404, True)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
def test_forms_of_other_sites_are_refused(
    visitor: FlaskClient, sandbox: Sandbox, address: str, origin: str
) -> None:
    answer = visitor.post(address, data=CARD, headers={"Origin": origin})
    assert answer.status_code == 403
    assert sandbox.find("subscription") == []


def test_a_form_of_the_same_site_is_taken(visitor: FlaskClient, address: str) -> None:
    assert visitor.post(address, data=CARD, headers={"Origin": "http://localhost"}).status_code == 303


def test_another_host_name_is_refused(visitor: FlaskClient) -> None:
    assert visitor.get("/", headers={"Host": "evil.example"}).status_code == 403


def test_no_script_runs_and_only_the_shop_may_follow_a_form(visitor: FlaskClient, address: str) -> None:
    for path in ("/", address):
        answer = visitor.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert not re.search(r"<script|style=|onclick", answer.text)
    assert "form-action 'self' https://shop.example" in policy


def test_the_dashboard_shows_everything_and_cancels(
    visitor: FlaskClient, sandbox: Sandbox, shop: Shop
) -> None:
    shop.stripe.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/", "enabled_events": ["invoice.paid"]}
    )
    first, second = shop.subscribe(), shop.subscribe()
    sandbox.deliver()
    page = visitor.get("/").text
    for shown in ("ada@example.com", first.id, "customer.subscription.created", "1 attempt", "31 Jan 2026"):
        assert shown in page
    visitor.post(f"/subscriptions/{first.id}/cancel", data={"when": "now"})
    visitor.post(f"/subscriptions/{second.id}/cancel", data={"when": "period_end"})
    visitor.post("/subscriptions/sub_x/cancel", data={"when": "now"})
    assert shop.subscription(first.id).status == "canceled"
    assert shop.subscription(second.id).cancel_at_period_end
    assert "ends 28 Feb 2026" in visitor.get("/").text


def test_the_clock_moves_by_steps_and_dates_but_never_back(visitor: FlaskClient, sandbox: Sandbox) -> None:
    start = sandbox.now
    visitor.post("/clock", data={"step": "day"})
    assert sandbox.now == start + 86_400
    assert visitor.post("/clock", data={"date": "2026-03-01T09:30"}).status_code == 303
    assert "1 Mar 2026, 09:30 UTC" in visitor.get("/").text
    for wrong in (
        {"date": "2026-02-01T09:30"},
        {"date": "9999-01-01"},
        {"date": "soon"},
        {"step": "eon"},
        {},
    ):
        answer = visitor.post("/clock", data=wrong)
        assert (answer.status_code, "was not moved" in answer.text) == (422, True)


def test_an_event_shows_its_payload_and_attempts_and_can_be_sent_again(
    visitor: FlaskClient, sandbox: Sandbox, shop: Shop
) -> None:
    shop.stripe.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["*"]})
    shop.customer()
    event = sandbox.find("event")[0]
    assert "Not tried yet" in visitor.get(f"/events/{event['id']}").text
    visitor.post(f"/events/{event['id']}/resend")
    page = visitor.get(f"/events/{event['id']}").text
    assert "refused" in page
    assert "ada@example.com" in page


def test_trouble_can_be_ordered_and_called_off(visitor: FlaskClient, sandbox: Sandbox) -> None:
    visitor.post("/faults", data={"kind": "500", "path": "/v1/customers"})
    assert [(f.kind, f.path) for f in sandbox.faults.waiting] == [("500", "/v1/customers")]
    assert "500 on /v1/customers" in visitor.get("/").text
    visitor.post("/faults", data={"kind": "none"})
    visitor.post("/faults", data={"kind": "fire"})
    assert sandbox.faults.waiting == []


def test_webhooks_can_be_troubled_from_the_dashboard(visitor: FlaskClient, sandbox: Sandbox) -> None:
    visitor.post("/webhooks", data={"trouble": "twice"})
    assert sandbox.events.trouble == "twice"
    assert '<option value="twice" selected>' in visitor.get("/").text
    visitor.post("/webhooks", data={"trouble": "eaten"})
    assert sandbox.events.trouble == "twice"


def test_an_invoice_has_a_page(visitor: FlaskClient, shop: Shop) -> None:
    made = shop.subscribe()
    invoice = shop.invoices(made.id)[0]
    page = visitor.get(invoice.hosted_invoice_url.partition("12111")[2]).text
    assert invoice.number in page
    assert "€19.00" in page


def test_the_portal_cancels_and_keeps_only_its_own_customers_subscription(
    visitor: FlaskClient, shop: Shop
) -> None:
    mine, other = shop.subscribe(), shop.subscribe()
    params = {"customer": mine.customer, "return_url": "https://shop.example/billing"}
    path = shop.stripe.v1.billing_portal.sessions.create(params).url.partition("12111")[2]
    page = visitor.get(path).text
    assert "Pro" in page
    assert mine.id in page
    assert other.id not in page

    visitor.post(f"{path}/subscriptions/{mine.id}", data={"action": "cancel"})
    assert shop.subscription(mine.id).cancel_at_period_end
    visitor.post(f"{path}/subscriptions/{mine.id}", data={"action": "keep"})
    assert not shop.subscription(mine.id).cancel_at_period_end
    stolen = visitor.post(f"{path}/subscriptions/{other.id}", data={"action": "cancel"})
    assert stolen.status_code == 404
    assert not shop.subscription(other.id).cancel_at_period_end


@pytest.mark.parametrize(
    ("text", "read"),
    [("12 / 34", (12, 2034)), ("1/2034", (1, 2034)), ("0134", (1, 2034)), ("0/34", None), ("later", None)],
)
def test_expiry_dates_are_read_as_people_write_them(text: str, read: tuple[int, int] | None) -> None:
    assert expiry(text) == read
