"""The life of an invoice: drafted, finalized, paid or not."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import balances, discounting, periods, settling, taxing
from sandbox.stripe.objects import payment_intents, tax_ids
from sandbox.stripe.objects.accounts import ACCOUNT_ID
from sandbox.stripe.paging import envelope
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def draft(  # noqa: PLR0913
    world: World,
    *,
    customer: Obj,
    lines: list[Obj],
    currency: str,
    reason: str,
    subscription: Obj | None = None,
    invoice_id: str | None = None,
    period: tuple[int, int] | None = None,
    discounts: list[str] | None = None,
    taxed: bool = False,
    **fields: Any,
) -> Obj:
    """Store a draft for the lines; amounts are minor units of `currency`."""
    invoice_id = invoice_id or world.ids.new("in")
    for entry in lines:
        entry["invoice"] = invoice_id
    start, end = period or (world.now, world.now)
    invoice = blank(
        "invoice",
        id=invoice_id,
        account_country=world.settings.country,
        account_name="Sandbox",
        amount_overpaid=0,
        amount_paid=0,
        amount_shipping=0,
        attempt_count=0,
        auto_advance=True,
        automatic_tax=tax_state(customer, taxed or _taxed(subscription)),
        billing_reason=reason,
        collection_method=(subscription or {}).get("collection_method", "charge_automatically"),
        currency=currency,
        issuer={"type": "self"},
        lines=envelope(f"/v1/invoices/{invoice_id}/lines", lines),
        metadata={},
        parent=_parent(subscription),
        period_start=start,
        period_end=end,
        post_payment_credit_notes_amount=0,
        pre_payment_credit_notes_amount=0,
        starting_balance=0,
        status="draft",
        total_discount_amounts=[],
        total_pretax_credit_amounts=[],
        total_taxes=[],
        test_clock=customer["test_clock"],
        **_about(world, customer),
    )
    invoice.update(fields)
    granted = [*(discounts or []), *((subscription or {}).get("discounts") or []), *_own(customer)]
    discounting.take_off(world, invoice, granted)
    taxing.levy(world, invoice)
    return world.create(total_up(invoice), "invoice.created")


def _own(customer: Obj) -> list[str]:
    """The discount that follows the customer everywhere, unless a subscription has its own."""
    return [customer["discount"]] if isinstance(customer["discount"], str) else []


def tax_state(customer: Obj, enabled: bool) -> Obj:
    """`automatic_tax` of an invoice for this customer."""
    return {"disabled_reason": None, **taxing.state(customer, enabled)}


def _taxed(subscription: Obj | None) -> bool:
    return bool(subscription and subscription["automatic_tax"]["enabled"])


def _parent(subscription: Obj | None) -> Obj | None:
    if subscription is None:
        return None
    details = {"subscription": subscription["id"], "metadata": dict(subscription["metadata"])}
    return {"type": "subscription_details", "quote_details": None, "subscription_details": details}


def _about(world: World, customer: Obj) -> dict[str, Any]:
    names = ("address", "email", "name", "phone", "shipping", "tax_exempt")
    return {
        "customer": customer["id"],
        "customer_tax_ids": tax_ids.of_customer(world, customer["id"]),
        **{f"customer_{n}": customer[n] for n in names},
    }


def total_up(invoice: Obj) -> Obj:
    """Set every sum of the invoice from its lines, discounts and the customer's balance."""
    subtotal = sum(entry["amount"] for entry in invoice["lines"]["data"])
    discount = sum(entry["amount"] for entry in invoice["total_discount_amounts"] or [])
    on_top = sum(t["amount"] for t in invoice["total_taxes"] if t["tax_behavior"] == "exclusive")
    inside = sum(t["amount"] for t in invoice["total_taxes"] if t["tax_behavior"] == "inclusive")
    total = subtotal - discount + on_top
    due = max(0, total + invoice["starting_balance"])
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal - inside,
        total=total,
        total_excluding_tax=total - on_top - inside,
        amount_due=due,
        amount_remaining=max(0, due - invoice["amount_paid"]),
    )
    return invoice


def finalize(world: World, invoice: Obj) -> Obj:
    """Give the draft its number, its payment and its pages; with nothing due it is paid at once."""
    customer = world.fetch("customer", invoice["customer"])
    invoice["starting_balance"] = customer["balance"]
    total_up(invoice)
    balances.apply_to(world, customer, invoice)
    number = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = number + 1
    world.store.put(customer)
    page = f"{world.settings.site_url}/invoice/{ACCOUNT_ID}/{invoice['id']}"
    sends = invoice["collection_method"] == "send_invoice"
    world.change(
        invoice,
        "invoice.finalized",
        **_about(world, customer),
        status="open",
        number=f"{customer['invoice_prefix']}-{number:04d}",
        effective_at=world.now,
        hosted_invoice_url=page,
        invoice_pdf=f"{page}/pdf",
        automatically_finalizes_at=None,
        status_transitions={**invoice["status_transitions"], "finalized_at": world.now},
        due_date=(invoice["due_date"] or _due(world, invoice)) if sends else None,
    )
    world.agenda.cancel(invoice["id"], "invoice.finalize")
    if invoice["amount_due"] == 0:
        settling.mark_paid(world, invoice)
        return invoice
    _ask_for_money(world, invoice)
    if sends:
        world.plan(invoice["id"], "invoice.overdue", invoice["due_date"])
    return invoice


def _due(world: World, invoice: Obj) -> int:
    days = invoice.get("_days_until_due")
    return world.now + (30 if days is None else days) * periods.DAY


def _ask_for_money(world: World, invoice: Obj) -> None:
    intent = payment_intents.new(
        world,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description="Subscription update" if invoice["parent"] else None,
        setup_future_usage="off_session" if invoice["parent"] else None,
    )
    payment = blank(
        "invoice_payment",
        id=world.ids.new("inpay"),
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )
    world.create(payment)
