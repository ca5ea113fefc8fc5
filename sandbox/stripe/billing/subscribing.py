"""Starting and ending subscriptions, and what a paid or unpaid invoice does to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.stripe.billing import discounting, invoicing, lines, periods, proration
from sandbox.stripe.errors import ApiError, invalid_param
from sandbox.stripe.paging import envelope
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World, renders

LIVE = ("trialing", "active", "past_due", "unpaid", "paused")
ENDED = ("canceled", "incomplete_expired")
THREE_DAYS = 3 * periods.DAY
FIRST_PAYMENT_WINDOW = 23 * 3600


@dataclass(frozen=True)
class Wanted:
    """One item asked for: a price so many times."""

    price: Obj
    quantity: int | None = 1
    metadata: dict[str, str] = field(default_factory=dict)


@renders("subscription")
def with_items(world: World, subscription: Obj) -> Obj:
    """A subscription shows its items, each with its price."""
    found = [with_price(world, item) for item in items_of(world, subscription)]
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    return {**subscription, "items": envelope(url, found)}


@renders("subscription_item")
def with_price(world: World, item: Obj) -> Obj:
    """An item shows its whole price, and the plan that older clients read."""
    price = item["price"] if isinstance(item["price"], dict) else world.store.get(item["price"]) or {}
    return {**item, "price": price, "plan": _plan(price)}


def _plan(price: Obj) -> Obj:
    recurring = price["recurring"] or {}
    same = ("active", "billing_scheme", "created", "currency", "livemode", "metadata", "nickname", "product")
    return blank(
        "plan",
        id=price["id"],
        amount=price["unit_amount"],
        amount_decimal=price["unit_amount_decimal"],
        **{name: price[name] for name in same},
        **{n: recurring.get(n) for n in ("interval", "interval_count", "meter", "usage_type")},
    )


def items_of(world: World, subscription: Obj) -> list[Obj]:
    """The stored items, oldest first."""
    return world.store.find("subscription_item", parent=subscription["id"])


def must_recur_together(wanted: list[Wanted]) -> None:
    """Prices of one subscription recur, are active, and share a currency."""
    for entry in wanted:
        if entry.price["type"] != "recurring":
            sentence = (
                "The price specified is set to `type=one_time` but this field only accepts recurring prices."
            )
            raise invalid_param(sentence, "items[0][price]")
    if len({entry.price["currency"] for entry in wanted}) > 1:
        raise ApiError("All prices of a subscription must have the same currency.")


def must_pay_in(world: World, customer: Obj, currency: str) -> None:
    """A customer has one currency as long as something is open in it; then another may follow."""
    present = customer["currency"]
    if present and present != currency and _is_bound(world, customer):
        raise ApiError(
            "You cannot combine currencies on a single customer. This customer has an active subscription, "
            f"subscription schedule, discount, quote, or invoice item with currency {present}"
        )
    if present != currency:
        world.store.put({**customer, "currency": currency})


def _is_bound(world: World, customer: Obj) -> bool:
    owner = {"customer": customer["id"]}
    return bool(
        customer["balance"]
        or world.store.find("subscription", status=LIVE, **owner)
        or world.store.find("invoice", status=("draft", "open"), **owner)
        or world.store.find("invoiceitem", invoice=None, **owner)
    )


def start(
    world: World,
    *,
    customer: Obj,
    wanted: list[Wanted],
    trial_end: int | None = None,
    anchor: int | None = None,
    choices: list[Obj] | None = None,
    **fields: Any,
) -> Obj:
    """Store a subscription with its items and its first invoice id; nothing is paid yet."""
    must_recur_together(wanted)
    must_pay_in(world, customer, wanted[0].price["currency"])
    subtotal = sum(lines.total(entry.price, entry.quantity) for entry in wanted)
    discounting.must_fit(world, choices or [], wanted[0].price["currency"], subtotal)
    begin = world.now
    subscription = blank(
        "subscription",
        id=world.ids.new("sub"),
        billing_cycle_anchor=anchor or trial_end or begin,
        billing_mode={"type": "flexible", "flexible": {"proration_discounts": "included"}},
        cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically",
        created=begin,
        currency=wanted[0].price["currency"],
        customer=customer["id"],
        default_tax_rates=[],
        invoice_settings={"account_tax_ids": None, "issuer": {"type": "self"}},
        latest_invoice=world.ids.new("in"),
        payment_settings={
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        start_date=begin,
        status="trialing" if trial_end else "incomplete",
        test_clock=customer["test_clock"],
        trial_end=trial_end,
        trial_start=begin if trial_end else None,
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
    )
    subscription.update(fields)
    owner = {"subscription": subscription["id"]}
    subscription["discounts"] = discounting.grant(world, choices or [], customer["id"], **owner)
    world.store.put(subscription)
    for entry in wanted:
        add_item(world, subscription, entry)
    if subscription["cancel_at_period_end"]:
        ends = max(item["current_period_end"] for item in items_of(world, subscription))
        subscription.update(cancel_at=ends, canceled_at=begin)
        world.store.put(subscription)
    plan_ahead(world, subscription)
    world.emit("customer.subscription.created", subscription)
    if trial_end and trial_end - begin < THREE_DAYS:
        world.emit("customer.subscription.trial_will_end", subscription)
    return subscription


def add_item(world: World, subscription: Obj, entry: Wanted) -> Obj:
    """Store one item, its period running from now to the next beat of the subscription's rhythm."""
    recurring = entry.price["recurring"]
    anchor = subscription["billing_cycle_anchor"]
    if subscription["status"] == "trialing":
        end = subscription["trial_end"]
    else:
        end = periods.next_end(anchor, recurring["interval"], recurring["interval_count"], world.now)
    metered = lines.is_metered(entry.price)
    item = blank(
        "subscription_item",
        id=world.ids.new("si"),
        created=world.now,
        current_period_start=world.now,
        current_period_end=end,
        metadata=entry.metadata,
        price=entry.price["id"],
        quantity=None if metered else entry.quantity,
        subscription=subscription["id"],
        tax_rates=[],
    )
    if metered:
        del item["quantity"]
    return world.create(item)


def buy_once(world: World, subscription: Obj, wanted: list[Wanted]) -> None:
    """One-time prices that the subscription's next invoice carries, such as a set-up fee."""
    details = {"subscription": subscription["id"], "subscription_item": None}
    parent = {"type": "subscription_details", "subscription_details": details}
    for entry in wanted:
        proration.bought(world, subscription["customer"], entry.price, entry.quantity, parent=parent)


def plan_ahead(world: World, subscription: Obj) -> None:
    """Set the timers of what will happen to this subscription by itself."""
    key = subscription["id"]
    world.agenda.cancel(key)
    if subscription["status"] in ENDED:
        return
    ends = [item["current_period_end"] for item in items_of(world, subscription)]
    if ends:
        _plan_renewal(world, subscription, min(ends))
    for name, moment in _promised(subscription).items():
        if moment:
            world.plan(key, f"subscription.{name}", moment)


def _plan_renewal(world: World, subscription: Obj, ends: int) -> None:
    key = subscription["id"]
    world.plan(key, "subscription.period_end", ends)
    notice = ends - world.settings.upcoming_days * periods.DAY
    if world.settings.upcoming_days and notice > world.now:
        world.plan(key, "subscription.upcoming", notice)
    if subscription["status"] == "trialing" and subscription["trial_end"] - THREE_DAYS > world.now:
        world.plan(key, "subscription.trial_will_end", subscription["trial_end"] - THREE_DAYS)


def _promised(subscription: Obj) -> dict[str, int | None]:
    """Action → moment of what was asked for or has to end; None where nothing is."""
    incomplete = subscription["status"] == "incomplete"
    return {
        "cancel": subscription["cancel_at"],
        "resume_collection": (subscription["pause_collection"] or {}).get("resumes_at"),
        "pending_expires": (subscription["pending_update"] or {}).get("expires_at"),
        "expire": subscription["created"] + FIRST_PAYMENT_WINDOW if incomplete else None,
    }


def draft_first(world: World, subscription: Obj) -> Obj:
    """The draft of the invoice for the first period (free during a trial)."""
    customer = world.fetch("customer", subscription["customer"])
    waiting = proration.take_pending(world, customer["id"], subscription["id"])
    entries = lines.of_first_period(world, subscription, items_of(world, subscription))
    invoice = invoicing.draft(
        world,
        customer=customer,
        lines=waiting + entries,
        currency=subscription["currency"],
        reason="subscription_create",
        subscription=subscription,
        invoice_id=subscription["latest_invoice"],
        _days_until_due=subscription["days_until_due"],
    )
    proration.attach_pending(world, invoice)
    return invoice


def first_invoice(world: World, subscription: Obj) -> Obj:
    """Draft and finalize the first invoice; when nothing is due the subscription is settled."""
    invoice = draft_first(world, subscription)
    invoicing.finalize(world, invoice)
    if invoice["status"] == "paid" or subscription["collection_method"] == "send_invoice":
        settle(world, subscription)
    return invoice


def settle(world: World, subscription: Obj) -> None:
    """The latest invoice is paid: an incomplete, late or unpaid subscription is active."""
    if subscription["status"] in ("incomplete", "past_due", "unpaid"):
        world.change(subscription, "customer.subscription.updated", status="active")
        plan_ahead(world, subscription)


def method_for(world: World, subscription: Obj) -> Obj | None:
    """The card to charge: the subscription's own, else the customer's default."""
    customer = world.fetch("customer", subscription["customer"])
    chosen = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return world.fetch("payment_method", chosen) if chosen else None


def end(world: World, subscription: Obj, *, reason: str = "cancellation_requested", **details: Any) -> Obj:
    """Cancel now."""
    before = subscription["cancellation_details"] or {}
    subscription.update(
        status="incomplete_expired" if reason == "expired" else "canceled",
        canceled_at=subscription["canceled_at"] or world.now,
        ended_at=world.now,
        cancellation_details={**before, "reason": None if reason == "expired" else reason, **details},
    )
    world.store.put(subscription)
    world.agenda.cancel(subscription["id"])
    for invoice in world.store.find("invoice", parent=subscription["id"], status=("draft", "open")):
        invoice["auto_advance"] = False
        world.agenda.cancel(invoice["id"])
        world.store.put({**invoice, "next_payment_attempt": None})
    world.emit("customer.subscription.deleted", subscription)
    return subscription
