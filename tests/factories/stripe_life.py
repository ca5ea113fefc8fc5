"""All that happens to a shop at Stripe: every event we read comes from the sandbox's own life."""

from typing import Any

import stripe

from sandbox.stripe import Sandbox
from sandbox.stripe.shapes import blank
from tests.factories.stripe import Shop

# What the sandbox's API cannot lead to: told about an object that the sandbox made.
TOLD = {
    "checkout.session.async_payment_failed": "checkout.session",
    "checkout.session.async_payment_succeeded": "checkout.session",
    "invoice.finalization_failed": "invoice",
    "payment_method.automatically_updated": "payment_method",
    "price.deleted": "price",
    "refund.failed": "refund",
}


def live(sandbox: Sandbox) -> None:
    """Let everything happen once."""
    shop = Shop(sandbox)
    for chapter in (
        _trials,
        _payments_that_fail,
        _pending_changes,
        _money_back,
        _invoices,
        _checkouts,
        _catalog,
        _tax_numbers,
    ):
        chapter(sandbox, shop)
    for name, kind in TOLD.items():
        sandbox.world.emit(name, sandbox.world.store.find(kind)[-1])
    _cards_and_customers(sandbox, shop)


def _tax_numbers(sandbox: Sandbox, shop: Shop) -> None:
    """One that the tax office knows, then none."""
    customer = shop.customer().id
    made = shop.stripe.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "EL000000000"})
    shop.stripe.v1.customers.tax_ids.delete(customer, made.id)


def _trials(sandbox: Sandbox, shop: Shop) -> None:
    pausing = {"end_behavior": {"missing_payment_method": "pause"}}
    made = shop.subscribe(customer=shop.customer().id, trial_period_days=5, trial_settings=pausing)
    sandbox.advance(days=6)
    card = shop.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": str(made.customer)})
    shop.stripe.v1.subscriptions.update(made.id, {"default_payment_method": card.id})
    shop.stripe.v1.subscriptions.resume(made.id)
    shop.stripe.v1.subscriptions.cancel(made.id)


def _payments_that_fail(sandbox: Sandbox, shop: Shop) -> None:
    shop.subscribe("pm_card_chargeCustomerFail", trial_period_days=1)
    shop.subscribe("pm_card_authenticationRequired", trial_period_days=1)
    sandbox.advance(days=3)


def _pending_changes(sandbox: Sandbox, shop: Shop) -> None:
    for is_paid in (True, False):
        made = shop.subscribe()
        _use(shop, made, "pm_card_chargeCustomerFail")
        waiting = shop.stripe.v1.subscriptions.update(
            made.id,
            {
                "items": [{"id": made["items"].data[0].id, "price": shop.price(5900).id}],
                "payment_behavior": "pending_if_incomplete",
                "proration_behavior": "always_invoice",
            },
        )
        if is_paid:
            _use(shop, made, "pm_card_visa")
            shop.stripe.v1.invoices.pay(str(waiting.latest_invoice))
        else:
            sandbox.advance(days=1)


def _money_back(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    [charge] = shop.stripe.v1.charges.list({"customer": str(made.customer)}).data
    refund = shop.stripe.v1.refunds.create({"charge": charge.id, "amount": 500})
    shop.stripe.v1.refunds.update(refund.id, {"metadata": {"case": "7"}})
    shop.subscribe("pm_card_createDispute")
    sandbox.advance(seconds=1)
    [dispute] = shop.stripe.v1.disputes.list().data
    evidence: Any = {"evidence": {"uncategorized_text": "winning_evidence"}}
    shop.stripe.v1.disputes.update(dispute.id, evidence)
    note = shop.stripe.v1.credit_notes.create(
        {"invoice": str(made.latest_invoice), "amount": 400, "credit_amount": 400}
    )
    shop.stripe.v1.credit_notes.update(note.id, {"memo": "We were late."})


def _invoices(sandbox: Sandbox, shop: Shop) -> None:
    for end in ("void_invoice", "mark_uncollectible"):
        made = shop.subscribe(collection_method="send_invoice", days_until_due=14)
        note = shop.stripe.v1.credit_notes.create({"invoice": str(made.latest_invoice), "amount": 400})
        shop.stripe.v1.credit_notes.void_credit_note(note.id)
        getattr(shop.stripe.v1.invoices, end)(str(made.latest_invoice))


def _checkouts(sandbox: Sandbox, shop: Shop) -> None:
    paid, left = (shop.session(customer=shop.customer().id) for _ in range(2))
    sandbox.complete_checkout(paid.id)
    shop.stripe.v1.checkout.sessions.expire(left.id)


def _catalog(sandbox: Sandbox, shop: Shop) -> None:
    feature = shop.stripe.v1.entitlements.features.create({"name": "Exports", "lookup_key": "exports"})
    price = shop.price()
    shop.stripe.v1.products.features.create(str(price.product), {"entitlement_feature": feature.id})
    shop.subscribe(price=price)
    shop.stripe.v1.prices.update(price.id, {"active": False})
    shop.stripe.v1.products.update(str(price.product), {"name": "Professional"})
    shop.stripe.v1.products.delete(shop.stripe.v1.products.create({"name": "Short-lived"}).id)


def _cards_and_customers(sandbox: Sandbox, shop: Shop) -> None:
    customer = shop.customer("pm_card_visa")
    [card] = shop.stripe.v1.payment_methods.list({"customer": customer.id}).data
    shop.stripe.v1.payment_methods.update(card.id, {"card": {"exp_year": 2040}})
    shop.stripe.v1.payment_methods.detach(card.id)
    old_card = blank("card", id=sandbox.world.ids.new("card"), customer=customer.id, last4="4242")
    sandbox.world.emit("customer.source.expiring", old_card)
    shop.stripe.v1.customers.delete(customer.id)


def _use(shop: Shop, subscription: stripe.Subscription, card: str) -> None:
    method = shop.stripe.v1.payment_methods.attach(card, {"customer": str(subscription.customer)})
    shop.stripe.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})
