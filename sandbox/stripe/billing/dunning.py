"""Collecting what is owed: finalizing drafts, charging, retrying, giving up."""

from __future__ import annotations

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import invoicing, periods, settling
from sandbox.stripe.billing.subscribing import end, method_for, settle
from sandbox.stripe.errors import ApiError
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

UPDATED = "customer.subscription.updated"


@action("invoice.overdue")
def overdue(world: World, invoice_id: str) -> None:
    """A sent invoice was not paid by its date: say so, and the subscription is past due."""
    invoice = world.fetch("invoice", invoice_id)
    if invoice["status"] != "open":
        return
    world.emit("invoice.overdue", invoice)
    subscription = settling.subscription_of(world, invoice)
    if subscription and subscription["status"] == "active":
        world.change(subscription, UPDATED, status="past_due")


@action("invoice.finalize")
def finalize(world: World, invoice_id: str) -> None:
    """The hour in which a renewal's draft could be edited is over: finalize and collect."""
    invoice = world.fetch("invoice", invoice_id)
    if invoice["status"] != "draft":
        return
    invoicing.finalize(world, invoice)
    if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
        collect(world, invoice_id)


@action("invoice.collect")
def collect(world: World, invoice_id: str) -> None:
    """Charge an open invoice; on failure the subscription is past due and a retry is planned."""
    invoice = world.fetch("invoice", invoice_id)
    if invoice["status"] != "open":
        return
    subscription = settling.subscription_of(world, invoice)
    method = method_for(world, subscription) if subscription else settling.method_for(world, invoice)
    error = settling.pay(world, invoice, method, off_session=True)
    if error:
        _failed(world, invoice, subscription, error)
    elif subscription and invoice["status"] == "paid":
        settle(world, subscription)


def _failed(world: World, invoice: Obj, subscription: Obj | None, error: ApiError) -> None:
    first = invoice.setdefault("_first_failure", world.now)
    days = world.settings.retry_days
    left = invoice["attempt_count"] - 1 < len(days)
    retry = first + days[invoice["attempt_count"] - 1] * periods.DAY if left else None
    world.change(invoice, None, next_payment_attempt=retry)
    world.emit("invoice.payment_failed", invoice)
    if error.code == "authentication_required":
        world.emit("invoice.payment_action_required", invoice)
    if retry:
        world.plan(invoice["id"], "invoice.collect", retry)
        if subscription and subscription["status"] == "active":
            world.change(subscription, UPDATED, status="past_due")
    elif subscription:
        _retries_over(world, subscription)


def _retries_over(world: World, subscription: Obj) -> None:
    outcome = world.settings.when_retries_end
    if outcome == "cancel":
        end(world, subscription, reason="payment_failed")
    elif outcome == "mark_unpaid":
        world.change(subscription, UPDATED, status="unpaid")
