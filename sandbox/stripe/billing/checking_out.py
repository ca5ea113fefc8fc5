"""What happens when a customer submits the checkout page."""

from __future__ import annotations

from typing import Any

from sandbox.stripe import cards
from sandbox.stripe.billing import discounting, lines, paying, periods, settling, subscribing
from sandbox.stripe.billing.subscribing import Wanted
from sandbox.stripe.errors import ApiError
from sandbox.stripe.objects import payment_intents, payment_methods, setup_intents
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def line_item(world: World, entry: Wanted) -> Obj:
    """One thing the session sells."""
    amount = lines.total(entry.price, entry.quantity)
    product = world.fetch("product", entry.price["product"])
    return blank(
        "item",
        id=world.ids.new("li"),
        amount_discount=0,
        amount_subtotal=amount,
        amount_tax=0,
        amount_total=amount,
        currency=entry.price["currency"],
        description=product["name"],
        price=entry.price,
        quantity=entry.quantity,
    )


def lines_of(world: World, session_id: str) -> list[Obj]:
    """The session's lines in their order."""
    return world.store.find("item", _session=session_id)


def totals(world: World, session: Obj, entries: list[Obj]) -> dict[str, Any]:
    """What is due today, in minor units: during a trial only what is bought once, less the discounts."""
    if not entries:
        return {"amount_subtotal": None, "amount_total": None, "currency": None, "total_details": None}
    plan = session["_plan"]
    trial = plan.get("trial_period_days") or plan.get("trial_end") not in (None, "now")
    owed = [e for e in entries if not (trial and e["price"]["type"] == "recurring")]
    due = sum(entry["amount_subtotal"] for entry in owed)
    off = sum(_take_off(world, session, entries if trial else owed)) if not trial else 0
    details = {"amount_discount": off, "amount_shipping": 0, "amount_tax": 0}
    fields = {"amount_subtotal": due, "amount_total": due - off, "total_details": details}
    return {**fields, "currency": entries[0]["currency"]}


def _take_off(world: World, session: Obj, entries: list[Obj]) -> list[int]:
    """Set each line's discount; answers what came off them."""
    left = [entry["amount_subtotal"] for entry in entries]
    for choice in session["discounts"] or []:
        parts = discounting.split(world.fetch("coupon", choice["coupon"]), left)
        left = [amount - part for amount, part in zip(left, parts, strict=True)]
    for entry, amount in zip(entries, left, strict=True):
        entry.update(amount_total=amount, amount_discount=entry["amount_subtotal"] - amount)
    return [entry["amount_discount"] for entry in entries]


def redeem(world: World, session: Obj, code: str) -> None:
    """The customer typed a promotion code; an unknown or spent one raises and changes nothing."""
    must_be_open(session)
    wanted = code.strip().lower()
    found = [c for c in world.store.find("promotion_code") if c["code"].lower() == wanted]
    if not session["allow_promotion_codes"] or not wanted or not found:
        raise ApiError("This promotion code is not known.")
    discounting.must_apply(world, found[-1], session["customer"])
    session["discounts"] = [{"coupon": found[-1]["promotion"]["coupon"], "promotion_code": found[-1]["id"]}]
    entries = lines_of(world, session["id"])
    session.update(totals(world, session, entries))
    for entry in entries:
        world.store.put(entry)
    world.store.put(session)


def trial_end(world: World, session: Obj) -> int | None:
    """When the trial would end if the customer subscribed now."""
    plan = session["_plan"]
    if plan.get("trial_period_days"):
        return int(world.now + plan["trial_period_days"] * periods.DAY)
    moment = plan.get("trial_end")
    return moment if isinstance(moment, int) else None


def must_be_open(session: Obj) -> None:
    """Only an open session can be paid."""
    if session["status"] != "open":
        raise ApiError(f"This checkout session is {session['status']}; start again from the shop.")


def submit(
    world: World, session: Obj, method: Obj, *, name: str, email: str | None, authenticated: bool = False
) -> bool:
    """Pay with a card. False: the bank wants to see the customer first. A refused card raises.

    Everything or nothing: a refusal leaves the session open and makes no subscription.
    """
    must_be_open(session)
    card = payment_methods.test_card(method)
    if card.decline and (card.declines_on == "attach" or session["amount_total"]):
        raise cards.refusal(card.decline)
    if card.three_d_secure and not authenticated:
        world.store.put({**session, "_waiting": {"method": method["id"], "name": name, "email": email}})
        return False
    customer = _customer(world, session, name, email)
    with world.on_clock_of(customer):
        made = _MAKERS[session["mode"]](world, session, customer, method)
        _complete(world, session, customer, name, email, made)
    return True


def _customer(world: World, session: Obj, name: str, email: str | None) -> Obj:
    if session["customer"]:
        return world.fetch("customer", session["customer"])
    customer = blank(
        "customer",
        id=world.ids.new("cus"),
        balance=0,
        delinquent=False,
        email=session["customer_email"] or email,
        invoice_prefix=world.ids.letters(8).upper(),
        next_invoice_sequence=1,
        name=name or None,
        preferred_locales=[],
        tax_exempt="none",
        metadata={},
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
    )
    return world.create(customer, "customer.created")


def _subscribe(world: World, session: Obj, customer: Obj, method: Obj) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if not session["amount_total"]:
        intent = setup_intents.new(world, customer=customer["id"])
        paying.verify(world, intent, method, authenticated=True)
        setup_intents.finish(world, intent)
    elif not method["customer"]:
        payment_methods.keep_for(world, method, customer["id"])
    plan = session["_plan"]
    fields = {k: plan[k] for k in ("description", "trial_settings") if plan.get(k)}
    subscription = subscribing.start(
        world,
        customer=customer,
        wanted=[Wanted(line["price"], line["quantity"]) for line in _recurring(world, session)],
        trial_end=trial_end(world, session),
        metadata=plan["metadata"],
        default_payment_method=method["id"],
        choices=session["discounts"],
        **fields,
    )
    invoice = subscribing.first_invoice(world, subscription)
    if invoice["status"] == "open":
        settling.pay(world, invoice, method, off_session=False, authenticated=True)
        subscribing.settle(world, subscription)
    made.update(subscription=subscription["id"], invoice=invoice["id"])
    return made


def _recurring(world: World, session: Obj) -> list[Obj]:
    return [line for line in lines_of(world, session["id"]) if line["price"]["type"] == "recurring"]


def _pay_once(world: World, session: Obj, customer: Obj, method: Obj) -> dict[str, Any]:
    intent = payment_intents.new(
        world,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=customer["id"],
        **session["_plan"],
    )
    paying.attempt(world, intent, method, authenticated=True)
    payment_intents.finish(world, intent, method)
    return {"payment_intent": intent["id"]}


def _save_card(world: World, session: Obj, customer: Obj, method: Obj) -> dict[str, Any]:
    intent = setup_intents.new(world, customer=customer["id"], **session["_plan"])
    paying.verify(world, intent, method, authenticated=True)
    setup_intents.finish(world, intent)
    return {"setup_intent": intent["id"]}


_MAKERS = {"subscription": _subscribe, "payment": _pay_once, "setup": _save_card}


def _complete(
    world: World, session: Obj, customer: Obj, name: str, email: str | None, made: dict[str, Any]
) -> None:
    world.agenda.cancel(session["id"])
    details: Obj = {
        "address": {**dict.fromkeys(("city", "line1", "line2", "postal_code", "state")), "country": "DE"},
        "business_name": None,
        "email": customer["email"] or email,
        "individual_name": None,
        "name": name or customer["name"],
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    session.pop("_waiting", None)
    paid = "paid" if session["amount_total"] else "no_payment_required"
    fields = {"customer": customer["id"], "customer_details": details, "url": None, "payment_status": paid}
    world.change(session, None, status="complete", **fields, **made)
    world.emit("checkout.session.completed", session)
