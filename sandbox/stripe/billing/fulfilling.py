"""What a paid checkout session makes: a subscription, a payment with or without an invoice, a saved card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.stripe.billing import (
    discounting,
    invoicing,
    paying,
    periods,
    proration,
    settling,
    subscribing,
    taxing,
)
from sandbox.stripe.billing.subscribing import Wanted
from sandbox.stripe.objects import payment_intents, payment_methods, setup_intents
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def lines_of(world: World, session_id: str) -> list[Obj]:
    """The session's lines in their order."""
    return world.store.find("item", _session=session_id)


def trial_end(world: World, session: Obj) -> int | None:
    """When the trial would end if the customer subscribed now."""
    plan = session["_plan"]
    if plan.get("trial_period_days"):
        return int(world.now + plan["trial_period_days"] * periods.DAY)
    moment = plan.get("trial_end")
    return moment if isinstance(moment, int) else None


def _keep_card(world: World, session: Obj, customer: Obj, method: Obj) -> None:
    if not session["amount_total"]:
        intent = setup_intents.new(world, customer=customer["id"])
        paying.verify(world, intent, method, authenticated=True)
        setup_intents.finish(world, intent)
    elif not method["customer"]:
        payment_methods.keep_for(world, method, customer["id"])


def _subscribe(world: World, session: Obj, customer: Obj, method: Obj | None) -> dict[str, Any]:
    if method:
        _keep_card(world, session, customer, method)
    plan = session["_plan"]
    fields = {k: plan[k] for k in ("description", "trial_settings", "invoice_settings") if plan.get(k)}
    subscription = subscribing.start(
        world,
        customer=customer,
        wanted=_wanted(world, session, "recurring"),
        trial_end=trial_end(world, session),
        metadata=plan["metadata"],
        anchor=plan.get("billing_cycle_anchor"),
        default_payment_method=method["id"] if method else None,
        automatic_tax=taxing.setting(session["automatic_tax"]["enabled"]),
        choices=session["discounts"],
        **fields,
    )
    subscribing.buy_once(world, subscription, _wanted(world, session, "one_time"))
    invoice = subscribing.first_invoice(world, subscription)
    if invoice["status"] == "open":
        settling.pay(world, invoice, method, off_session=False, authenticated=True)
        subscribing.settle(world, subscription)
    return {"subscription": subscription["id"], "invoice": invoice["id"]}


def _wanted(world: World, session: Obj, kind: str) -> list[Wanted]:
    found = lines_of(world, session["id"])
    return [Wanted(line["price"], line["quantity"]) for line in found if line["price"]["type"] == kind]


def _pay_once(world: World, session: Obj, customer: Obj | None, method: Obj) -> dict[str, Any]:
    if customer and (session["invoice_creation"] or {}).get("enabled"):
        return _pay_invoice(world, session, customer, method)
    intent = payment_intents.new(
        world,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=customer["id"] if customer else None,
        **session["_plan"],
    )
    paying.attempt(world, intent, method, authenticated=True)
    payment_intents.finish(world, intent, method)
    return {"payment_intent": intent["id"]}


def _pay_invoice(world: World, session: Obj, customer: Obj, method: Obj) -> dict[str, Any]:
    """A one-time purchase with an invoice: drafted, finalized and paid in one go."""
    asked = session["invoice_creation"]["invoice_data"]
    wanted = _wanted(world, session, "one_time")
    items = [proration.bought(world, customer["id"], entry.price, entry.quantity) for entry in wanted]
    invoice = invoicing.draft(
        world,
        customer=customer,
        lines=[proration.as_line(world, item) for item in items],
        currency=session["currency"],
        reason="manual",
        discounts=discounting.grant(world, session["discounts"] or [], customer["id"]),
        taxed=session["automatic_tax"]["enabled"],
        auto_advance=False,
        **{name: asked[name] for name in ("metadata", "description", "footer", "custom_fields")},
    )
    proration.attach_pending(world, invoice)
    invoicing.finalize(world, invoice)
    intent = settling.intent_of(world, invoice)
    if intent is None:
        return {"invoice": invoice["id"]}
    world.change(intent, None, **session["_plan"])
    settling.pay(world, invoice, method, off_session=False, authenticated=True)
    paid = world.fetch("payment_intent", intent["id"])
    payment_intents.finish(world, paid, method)
    return {"invoice": invoice["id"], "payment_intent": intent["id"]}


def _save_card(world: World, session: Obj, customer: Obj, method: Obj) -> dict[str, Any]:
    intent = setup_intents.new(world, customer=customer["id"], **session["_plan"])
    paying.verify(world, intent, method, authenticated=True)
    setup_intents.finish(world, intent)
    return {"setup_intent": intent["id"]}


MAKERS: dict[str, Callable[..., dict[str, Any]]] = {
    "subscription": _subscribe,
    "payment": _pay_once,
    "setup": _save_card,
}
