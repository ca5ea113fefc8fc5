"""Subscriptions: a customer pays for prices, period after period."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing import cycle, discounting, periods, settling, subscribing, taxing
from sandbox.stripe.billing.subscribing import ENDED, Wanted, end
from sandbox.stripe.errors import ApiError, invalid_param, missing_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.objects import payment_methods, prices
from sandbox.stripe.paging import list_objects, within
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

__all__ = ["ENDED", "end"]


def wanted_of(world: World, entries: list[Params]) -> list[Wanted]:
    """The items a request asks for."""
    result = []
    for entry in entries:
        if "price" in entry or "plan" in entry:
            price = world.fetch("price", entry.take("price") or entry.take("plan"), entry.path("price"))
            if not price["active"]:
                raise invalid_param("The price specified is inactive.", entry.path("price"))
        elif "price_data" in entry:
            price = prices.inline(world, entry.section("price_data"))
        else:
            raise missing_param(entry.path("price"))
        result.append(Wanted(price, entry.take("quantity", 1), merged(entry)))
    return result


@route("POST", "/v1/subscriptions", "SubscriptionCreateParams")
def create(world: World, params: Params) -> Obj:
    """Start a subscription and collect its first invoice."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    with world.on_clock_of(customer):
        wanted = wanted_of(world, params.each("items"))
        if not wanted:
            raise missing_param("items")
        behavior = params.take("payment_behavior", "allow_incomplete")
        off_session = bool(params.take("off_session", False))
        fields = settings_of(world, params, customer["id"])
        fields["metadata"] = merged(params)
        params.ignore("proration_behavior", "billing_mode")
        extras = wanted_of(world, params.each("add_invoice_items"))
        choices = discounting.chosen(world, params.each("discounts"), customer["id"])
        subscription = subscribing.start(
            world,
            customer=customer,
            wanted=wanted,
            trial_end=_own_trial(world, params, wanted) or trial_end_of(world, params),
            anchor=params.take("billing_cycle_anchor"),
            choices=choices,
            **fields,
        )
        subscribing.buy_once(world, subscription, extras)
        _collect_first(world, subscription, behavior, off_session)
        return world.fetch("subscription", subscription["id"])


def _own_trial(world: World, params: Params, wanted: list[Wanted]) -> int | None:
    """The end of the longest trial that the prices themselves name, if the request asks for it."""
    rhythms = [entry.price["recurring"] or {} for entry in wanted]
    days = max(rhythm.get("trial_period_days") or 0 for rhythm in rhythms)
    asked = params.take("trial_from_plan", False)
    return int(world.now + days * periods.DAY) if asked and days else None


def trial_end_of(world: World, params: Params) -> int | None:
    """When the trial ends, from a number of days or a moment; None without a trial."""
    days, moment = params.take("trial_period_days"), params.take("trial_end")
    if days is not None and moment is not None:
        raise ApiError("You may only specify one of these parameters: trial_end, trial_period_days.")
    if days is not None and not 1 <= days <= 730:
        raise invalid_param("Invalid trial_period_days: must be between 1 and 730.", "trial_period_days")
    if days:
        return int(world.now + days * periods.DAY)
    if moment in (None, "now"):
        return None
    if moment <= world.now:
        raise invalid_param("Invalid trial_end: must be in the future.", "trial_end")
    return int(moment)


def settings_of(world: World, params: Params, customer_id: str) -> dict[str, Any]:
    """What a request sets on the subscription itself, apart from its items."""
    fields = {k: cleared(v) for k, v in params.given("description", "days_until_due").items()}
    fields |= params.given("collection_method", "payment_settings")
    if "default_payment_method" in params:
        method_id = cleared(params.take("default_payment_method"))
        if method_id:
            method = world.fetch("payment_method", method_id, "default_payment_method", "PaymentMethod")
            payment_methods.must_belong(method, customer_id)
        fields["default_payment_method"] = method_id
    if "automatic_tax" in params:
        fields["automatic_tax"] = _taxed(world, params.section("automatic_tax"), customer_id)
    if "invoice_settings" in params:
        own = {"account_tax_ids": None, "issuer": {"type": "self"}}
        fields["invoice_settings"] = {**own, **params.take("invoice_settings")}
    if "trial_settings" in params:
        fields["trial_settings"] = params.take("trial_settings")
    if fields.get("collection_method") == "send_invoice" and not fields.get("days_until_due"):
        raise missing_param("days_until_due")
    return fields | _ending(world, params)


def _taxed(world: World, section: Params, customer_id: str) -> Obj:
    section.ignore("liability")
    enabled = bool(section.need("enabled"))
    if enabled:
        taxing.must_be_located(world.fetch("customer", customer_id))
    return taxing.setting(enabled)


def _ending(world: World, params: Params) -> dict[str, Any]:
    fields = params.given("cancel_at_period_end")
    if "cancel_at" in params:
        moment = cleared(params.take("cancel_at"))
        if isinstance(moment, int) and moment <= world.now:
            raise invalid_param("Invalid cancel_at: must be in the future.", "cancel_at")
        fields["cancel_at"] = moment
    return fields


def _collect_first(world: World, subscription: Obj, behavior: str, off_session: bool) -> None:
    invoice = subscribing.first_invoice(world, subscription)
    automatic = subscription["collection_method"] == "charge_automatically"
    if invoice["status"] != "open" or behavior == "default_incomplete" or not automatic:
        return
    method = subscribing.method_for(world, subscription)
    if method is None and behavior == "allow_incomplete":
        raise ApiError(
            "This customer has no attached payment source or default payment method. Please consider adding "
            "a default payment method.",
            code="resource_missing",
        )
    error = settling.pay(world, invoice, method, off_session=off_session)
    if error and behavior == "error_if_incomplete":
        error.keep = False
        raise error
    if error:
        world.emit("invoice.payment_failed", invoice)
    if invoice["status"] == "paid":
        subscribing.settle(world, subscription)


@route("GET", "/v1/subscriptions/:id", "SubscriptionRetrieveParams")
def retrieve(world: World, params: Params, subscription_id: str) -> Obj:
    """One subscription, ended ones too."""
    return world.fetch("subscription", subscription_id)


@route("DELETE", "/v1/subscriptions/:id", "SubscriptionCancelParams")
def cancel(world: World, params: Params, subscription_id: str) -> Obj:
    """End a subscription now."""
    subscription = world.fetch("subscription", subscription_id)
    if subscription["status"] in ENDED:
        raise ApiError(
            f"No such subscription: '{subscription_id}'", status=404, code="resource_missing", param="id"
        )
    details = params.section("cancellation_details").given("comment", "feedback")
    invoice_now, prorate = params.take("invoice_now", False), params.take("prorate", False)
    with world.on_clock_of(subscription):
        cycle.last_bill(world, subscription, invoice_now=invoice_now, prorate=prorate)
        return end(world, subscription, **details)


@route("GET", "/v1/subscriptions", "SubscriptionListParams")
def list_subscriptions(world: World, params: Params) -> Obj:
    """Subscriptions, newest first; ended ones only when asked for with `status`."""
    where = params.given("customer", "collection_method", "test_clock")
    where |= {f"automatic_tax.{k}": v for k, v in params.section("automatic_tax").given("enabled").items()}
    status = params.take("status")
    if status is None:
        where["status"] = ("incomplete", *subscribing.LIVE)
    elif status == "ended":
        where["status"] = ENDED
    elif status != "all":
        where["status"] = status
    ids = _ids_by_items(world, params)
    if ids is not None:
        where["id"] = ids or ["-"]
    return list_objects(world, "subscription", "/v1/subscriptions", params, where)


def _ids_by_items(world: World, params: Params) -> list[str] | None:
    """Subscriptions whose items match what the list asks of items; None when it asks nothing."""
    price = params.take("price") or params.take("plan")
    spans = params.given("current_period_end", "current_period_start")
    if price is None and not spans:
        return None
    where = {"price": price} if price else {}
    found = world.store.find("subscription_item", **where)
    return [item["subscription"] for item in found if all(within(item[k], v) for k, v in spans.items())]
