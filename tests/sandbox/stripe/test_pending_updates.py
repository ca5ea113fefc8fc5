"""Changes that wait for their money: nothing changes until the invoice is paid, or for 23 hours."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop


def use(shop: Shop, subscription: stripe.Subscription, card: str) -> None:
    method = shop.stripe.v1.payment_methods.attach(card, {"customer": str(subscription.customer)})
    shop.stripe.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})


def upgrade(shop: Shop, subscription: stripe.Subscription, price: stripe.Price) -> stripe.Subscription:
    change = {
        "items": [{"id": subscription["items"].data[0].id, "price": price.id}],
        "payment_behavior": "pending_if_incomplete",
        "proration_behavior": "always_invoice",
    }
    return shop.stripe.v1.subscriptions.update(subscription.id, change)


@pytest.fixture
def waiting(sandbox: Sandbox, shop: Shop) -> stripe.Subscription:
    """A subscription for 19.00 whose upgrade to 59.00 was refused by the card, half a period in."""
    made = shop.subscribe()
    use(shop, made, "pm_card_chargeCustomerFail")
    sandbox.advance(days=14)
    return upgrade(shop, made, shop.price(5900))


def test_a_paid_change_is_made_at_once(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    dear = shop.price(5900)
    sandbox.advance(days=14)
    changed = upgrade(shop, made, dear)
    assert (changed["items"].data[0].price.id, changed.pending_update) == (dear.id, None)
    assert [invoice.amount_paid for invoice in shop.invoices(made.id)] == [1900, 2000]


def test_an_unpaid_change_waits_and_the_subscription_stays_as_it_is(
    shop: Shop, waiting: stripe.Subscription
) -> None:
    assert (waiting.status, waiting["items"].data[0].price.unit_amount) == ("active", 1900)
    assert waiting.pending_update.subscription_items[0].price.unit_amount == 5900
    invoice = shop.stripe.v1.invoices.retrieve(str(waiting.latest_invoice))
    assert (invoice.status, invoice.amount_due) == ("open", 2000)
    assert shop.types()[-2:] == ["invoice.payment_failed", "customer.subscription.updated"]


def test_paying_the_invoice_makes_the_change(shop: Shop, waiting: stripe.Subscription) -> None:
    use(shop, waiting, "pm_card_visa")
    shop.stripe.v1.invoices.pay(str(waiting.latest_invoice))
    changed = shop.subscription(waiting.id)
    assert (changed.pending_update, changed["items"].data[0].price.unit_amount) == (None, 5900)
    assert changed["items"].data[0].id == waiting["items"].data[0].id
    assert "customer.subscription.pending_update_applied" in shop.types()


def test_after_23_hours_the_change_is_dropped_and_its_invoice_voided(
    sandbox: Sandbox, shop: Shop, waiting: stripe.Subscription
) -> None:
    sandbox.advance(hours=23)
    dropped = shop.subscription(waiting.id)
    assert (dropped.pending_update, dropped["items"].data[0].price.unit_amount) == (None, 1900)
    assert shop.stripe.v1.invoices.retrieve(str(waiting.latest_invoice)).status == "void"
    assert "customer.subscription.pending_update_expired" in shop.types()
    sandbox.advance(days=14)
    assert shop.subscription(waiting.id).status == "past_due"
