"""What the bank's page does with the customer's answer, for intents and the invoices they settle."""

from __future__ import annotations

from sandbox.stripe.billing import paying, settling, subscribing
from sandbox.stripe.errors import ApiError
from sandbox.stripe.objects import payment_intents, setup_intents
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

KINDS = ("payment_intent", "setup_intent")


def waiting(world: World, intent_id: str) -> Obj | None:
    """The intent that waits for its customer, or None."""
    found = world.store.get(intent_id)
    waits = found and found["object"] in KINDS and found["status"] == "requires_action"
    return found if waits else None


def answer(world: World, intent_id: str, *, approve: bool) -> None:
    """The customer confirmed or refused; an intent that does not wait raises."""
    with world.store.transaction():
        intent = waiting(world, intent_id)
        if intent is None:
            raise ApiError("There is nothing to confirm for this payment.")
        method = world.fetch("payment_method", intent["payment_method"])
        customer = world.store.get(intent["customer"]) if intent["customer"] else None
        with world.on_clock_of(customer):
            if not approve:
                paying.refuse(world, intent, method)
            elif intent["object"] == "setup_intent":
                paying.verify(world, intent, method, authenticated=True)
                setup_intents.finish(world, intent)
            else:
                _pay(world, intent, method)


def _pay(world: World, intent: Obj, method: Obj) -> None:
    invoice = invoice_of(world, intent)
    if invoice is None:
        paying.attempt(world, intent, method, authenticated=True)
        payment_intents.finish(world, intent, method)
        return
    settling.pay(world, invoice, method, off_session=False, authenticated=True)
    subscription = settling.subscription_of(world, invoice)
    if subscription and invoice["status"] == "paid":
        subscribing.settle(world, subscription)


def invoice_of(world: World, intent: Obj) -> Obj | None:
    """The invoice that the intent settles, if any."""
    found = world.store.find("invoice_payment", **{"payment.payment_intent": intent["id"]})
    return world.fetch("invoice", found[-1]["invoice"]) if found else None


def way_back(world: World, intent: Obj) -> str:
    """Where the customer goes afterwards: where the shop said, else to the invoice, else to the dashboard."""
    invoice = invoice_of(world, intent) if intent["object"] == "payment_intent" else None
    return str(intent.get("_return_url") or (invoice or {}).get("hosted_invoice_url") or "/")
