"""The customer portal: what it offers, its flows, and whom it obeys."""

from typing import Any

import pytest
import stripe
from flask.testing import FlaskClient

from sandbox.stripe import Sandbox
from sandbox.stripe.hosted.app import build
from tests.factories.stripe import DECLINED, VISA, Shop

CARD = {"number": VISA, "expiry": "12 / 34", "cvc": "123", "name": "Ada"}
BACK = "https://shop.example/billing"


@pytest.fixture
def visitor(sandbox: Sandbox) -> FlaskClient:
    return build(sandbox).test_client()


@pytest.fixture
def mine(shop: Shop) -> stripe.Subscription:
    return shop.subscribe()


def portal(shop: Shop, customer: str, **params: Any) -> str:
    """The path of a portal session for the customer."""
    session = shop.stripe.v1.billing_portal.sessions.create(
        {"customer": customer, "return_url": BACK, **params}
    )
    return session.url.partition("12111")[2]


def test_the_plan_is_changed_after_seeing_what_it_costs(
    visitor: FlaskClient, sandbox: Sandbox, shop: Shop, mine: stripe.Subscription
) -> None:
    dearer = shop.price(3900)
    path = portal(shop, mine.customer)
    sandbox.advance(days=14)
    chooser = f"{path}/subscriptions/{mine.id}/update"
    assert "€39.00 / month" in visitor.get(chooser).text
    confirm = f"{path}/subscriptions/{mine.id}/confirm"
    shown = visitor.get(confirm, query_string={"price": dearer.id}).text
    for line in ("-€9.50", "€19.50", "€49.00"):
        assert line in shown
    assert shop.subscription(mine.id)["items"].data[0].price.unit_amount == 1900
    assert visitor.post(confirm, data={"price": dearer.id}).location == path
    assert shop.subscription(mine.id)["items"].data[0].price.unit_amount == 3900


def test_only_offered_prices_can_be_chosen(
    visitor: FlaskClient, shop: Shop, mine: stripe.Subscription
) -> None:
    offered, hidden = shop.price(3900), shop.price(1)
    products = [{"product": offered.product, "prices": [offered.id]}]
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": products}
    configuration = shop.stripe.v1.billing_portal.configurations.create(
        {"features": {"subscription_update": update}}
    )
    path = portal(shop, mine.customer, configuration=configuration.id)
    confirm = f"{path}/subscriptions/{mine.id}/confirm"
    assert visitor.get(confirm, query_string={"price": offered.id}).status_code == 200
    assert visitor.post(confirm, data={"price": hidden.id}).status_code == 404
    front = visitor.get(path).text
    assert "Change plan" in front
    assert "Add a card" not in front
    assert "Cancel" not in front
    visitor.post(f"{path}/subscriptions/{mine.id}", data={"action": "cancel"})
    assert not shop.subscription(mine.id).cancel_at_period_end


def test_a_configuration_can_be_changed_and_listed(shop: Shop) -> None:
    configurations = shop.stripe.v1.billing_portal.configurations
    made = configurations.create({"features": {"invoice_history": {"enabled": True}}, "name": "site"})
    changed = configurations.update(
        made.id, {"features": {"customer_update": {"enabled": True}}, "active": False}
    )
    assert (changed.features.customer_update.enabled, changed.active) == (True, False)
    assert changed.features.invoice_history.enabled
    assert configurations.list({"active": False}).data[0].id == configurations.retrieve(made.id).id


def test_a_card_is_added_becomes_the_default_and_others_can_go(
    visitor: FlaskClient, shop: Shop, mine: stripe.Subscription
) -> None:
    path = portal(shop, mine.customer)
    refused = visitor.post(f"{path}/cards/new", data={**CARD, "number": DECLINED})
    assert "The card was not saved" in refused.text
    assert visitor.post(f"{path}/cards/new", data={**CARD, "cvc": ""}).status_code == 422
    visitor.post(f"{path}/cards/new", data={**CARD, "number": "5555 5555 5555 4444"})
    methods = shop.stripe.v1.customers.payment_methods.list(mine.customer).data
    assert [method.card.brand for method in methods] == ["mastercard", "visa"]
    assert shop.subscription(mine.id).default_payment_method == methods[0].id

    visitor.post(f"{path}/cards/{methods[1].id}", data={"action": "default"})
    assert shop.subscription(mine.id).default_payment_method == methods[1].id
    visitor.post(f"{path}/cards/{methods[0].id}", data={"action": "remove"})
    assert len(shop.stripe.v1.customers.payment_methods.list(mine.customer).data) == 1
    foreign = shop.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": shop.customer().id})
    assert visitor.post(f"{path}/cards/{foreign.id}", data={"action": "remove"}).status_code == 404


def test_details_are_corrected(visitor: FlaskClient, shop: Shop, mine: stripe.Subscription) -> None:
    path = portal(shop, mine.customer)
    wrong = visitor.post(f"{path}/details", data={"email": "nowhere", "name": "Ada L."})
    assert ("Enter an e-mail address" in wrong.text, 'value="Ada L."' in wrong.text) == (True, True)
    visitor.post(f"{path}/details", data={"email": "new@example.com", "name": "Ada L."})
    assert shop.stripe.v1.customers.retrieve(mine.customer).email == "new@example.com"


@pytest.mark.parametrize(
    ("kind", "page", "act"),
    [
        ("payment_method_update", "cards/new", CARD),
        ("customer_update", "details", {"email": "b@example.com", "name": "B"}),
    ],
)
def test_a_flow_leads_straight_to_its_page_and_then_back_to_the_shop(
    visitor: FlaskClient, shop: Shop, mine: stripe.Subscription, kind: str, page: str, act: dict
) -> None:
    after = {"type": "redirect", "redirect": {"return_url": f"{BACK}?done"}}
    path = portal(shop, mine.customer, flow_data={"type": kind, "after_completion": after})
    assert visitor.get(path).location == f"{path}/{page}"
    assert visitor.post(f"{path}/{page}", data=act).location == f"{BACK}?done"
    assert visitor.get(path).status_code == 200


def test_the_cancel_flow_cancels(visitor: FlaskClient, shop: Shop, mine: stripe.Subscription) -> None:
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": mine.id}}
    path = portal(shop, mine.customer, flow_data=flow)
    asked = visitor.get(path, follow_redirects=True).text
    assert "You keep everything until 28 Feb 2026" in asked
    visitor.post(f"{path}/subscriptions/{mine.id}", data={"action": "cancel"})
    assert shop.subscription(mine.id).cancel_at_period_end


def test_the_update_flows_lead_to_choosing_and_confirming(
    visitor: FlaskClient, shop: Shop, mine: stripe.Subscription
) -> None:
    dearer = shop.price(3900)
    choose = {"type": "subscription_update", "subscription_update": {"subscription": mine.id}}
    assert visitor.get(portal(shop, mine.customer, flow_data=choose)).location.endswith("/update")

    items = [{"id": mine["items"].data[0].id, "price": dearer.id, "quantity": 1}]
    about = {"subscription": mine.id, "items": items}
    flow = {"type": "subscription_update_confirm", "subscription_update_confirm": about}
    path = portal(shop, mine.customer, flow_data=flow)
    assert "€39.00" in visitor.get(path, follow_redirects=True).text
    visitor.post(f"{path}/subscriptions/{mine.id}/confirm")
    assert shop.subscription(mine.id)["items"].data[0].price.id == dearer.id


def test_a_flow_about_somebody_elses_subscription_is_refused(shop: Shop, mine: stripe.Subscription) -> None:
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": mine.id}}
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        portal(shop, shop.customer().id, flow_data=flow)
