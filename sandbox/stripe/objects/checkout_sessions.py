"""Checkout sessions: a hosted page that ends in a subscription, a payment or a saved card."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import checking_out, discounting, fulfilling, periods, taxing
from sandbox.stripe.errors import ApiError, invalid_param, missing_param
from sandbox.stripe.expand import includable
from sandbox.stripe.metadata import merged
from sandbox.stripe.objects import subscriptions
from sandbox.stripe.paging import envelope, list_objects, list_values
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_ECHOED = (
    "billing_address_collection",
    "client_reference_id",
    "customer_email",
    "locale",
    "submit_type",
    "payment_method_collection",
    "allow_promotion_codes",
    "customer_creation",
)
_WITHOUT_EFFECT = (
    "adaptive_pricing",
    "branding_settings",
    "consent_collection",
    "currency",
    "custom_text",
    "payment_method_options",
    "payment_method_types",
    "phone_number_collection",
    "saved_payment_method_options",
)
_OF_SUBSCRIPTION = ("description", "trial_settings", "invoice_settings", "billing_cycle_anchor")
HALF_HOUR = 1800


@route("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams")
def create(world: World, params: Params) -> Obj:
    """Open a session; the customer is sent to its `url`."""
    mode = params.need("mode")
    customer = params.take("customer")
    if customer and "customer_email" in params:
        raise ApiError("You may only specify one of these parameters: customer, customer_email.")
    held = world.fetch("customer", customer, "customer") if customer else None
    with world.on_clock_of(held):
        session_id = world.ids.new("cs_test")
        session = blank("checkout.session", id=session_id, mode=mode, customer=customer, **_defaults(world))
        session.update(params.given(*_ECHOED))
        params.ignore(*_WITHOUT_EFFECT)
        _addresses(world, params, session)
        _taxes(params, session, held)
        session["invoice_creation"] = _invoice_creation(params) if mode == "payment" else None
        session.update(metadata=merged(params), expires_at=_expiry(world, params))
        lines = _lines(world, params, mode)
        session["_plan"] = _plan_of(world, params, mode)
        session["discounts"] = discounting.chosen(world, params.each("discounts"), customer)
        session.update(checking_out.totals(world, session, lines))
        if lines:
            full = sum(line["amount_subtotal"] for line in lines)
            discounting.must_fit(world, session["discounts"], session["currency"], full)
        session["_lines"] = [line["id"] for line in lines]
        for line in lines:
            world.store.put({**line, "_session": session_id})
        world.create(session)
        world.plan(session_id, "checkout.expire", session["expires_at"])
        return session


def _defaults(world: World) -> dict[str, Any]:
    return {
        "adaptive_pricing": {"enabled": False},
        "created": world.now,
        "metadata": {},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "payment_method_collection": "always",
        "phone_number_collection": {"enabled": False},
        "status": "open",
        "ui_mode": "hosted_page",
    }


def _addresses(world: World, params: Params, session: Obj) -> None:
    if params.take("ui_mode", "hosted_page") != "hosted_page":
        raise invalid_param("The sandbox offers the hosted page only. Use ui_mode=hosted_page.", "ui_mode")
    session["success_url"] = params.need("success_url")
    session["cancel_url"] = params.take("cancel_url")
    for name in ("success_url", "cancel_url"):
        if session[name] and not session[name].startswith(("http://", "https://")):
            raise invalid_param("Not a valid URL", name, "url_invalid")
    session["url"] = f"{world.settings.site_url}/checkout/pay/{session['id']}"


def _taxes(params: Params, session: Obj, customer: Obj | None) -> None:
    """Automatic tax and tax ids need a place to keep what the customer types about themselves."""
    update = params.section("customer_update").given("address", "name", "shipping")
    session["_customer_update"] = update
    taxed, wants_id = params.section("automatic_tax"), params.section("tax_id_collection")
    taxed.ignore("liability")
    enabled, collects = bool(taxed.take("enabled", False)), bool(wants_id.take("enabled", False))
    if enabled and customer and not taxing.located(customer) and update.get("address") != "auto":
        raise ApiError(
            "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid "
            "address to the Customer or set either `customer_update[address]` to 'auto' or "
            "`customer_update[shipping]` to 'auto' to save the address entered in Checkout to the Customer.",
            code="customer_tax_location_invalid",
        )
    if collects and customer and update.get("name") != "auto":
        raise ApiError(
            "Tax ID collection requires updating business name on the customer. To enable tax ID collection "
            "for an existing customer, please set `customer_update[name]` to `auto`.",
            param="customer_update[name]",
        )
    session["automatic_tax"] = taxing.state(customer, enabled)
    if "tax_id_collection" in params:
        session["tax_id_collection"] = {"enabled": collects, "required": wants_id.take("required", "never")}


def _invoice_creation(params: Params) -> Obj:
    asked = params.section("invoice_creation")
    data = asked.section("invoice_data")
    names = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "rendering_options")
    shown = {**dict.fromkeys(names), **data.given(*names), "metadata": merged(data)}
    return {"enabled": bool(asked.take("enabled", False)), "invoice_data": shown}


def _expiry(world: World, params: Params) -> int:
    moment = params.take("expires_at", world.now + periods.DAY)
    if not world.now + HALF_HOUR <= moment <= world.now + periods.DAY:
        raise invalid_param(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session "
            "creation.",
            "expires_at",
        )
    return int(moment)


def _lines(world: World, params: Params, mode: str) -> list[Obj]:
    wanted = subscriptions.wanted_of(world, params.each("line_items"))
    if mode == "setup":
        return []
    if not wanted:
        raise missing_param("line_items")
    recurring = [entry for entry in wanted if entry.price["type"] == "recurring"]
    if mode == "payment" and recurring:
        sentence = (
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode"
        )
        raise invalid_param(f"{sentence} or use only one-time prices.", "line_items[0][price]")
    if mode == "subscription" and not recurring:
        sentence = "You must provide at least one recurring price in `subscription` mode when using prices."
        raise invalid_param(sentence, "line_items[0][price]")
    return [checking_out.line_item(world, entry) for entry in wanted]


def _plan_of(world: World, params: Params, mode: str) -> Obj:
    """What the session will make, written down for the moment the customer pays."""
    for name in ("subscription", "payment_intent", "setup_intent"):
        data = f"{name}_data"
        if data in params and mode != name.partition("_")[0]:
            raise invalid_param(f"You can not pass `{data}` in `{mode}` mode.", data)
    if mode == "subscription":
        data_params = params.section("subscription_data")
        data_params.ignore("billing_mode", "proration_behavior")
        plan = {"metadata": merged(data_params), **data_params.given(*_OF_SUBSCRIPTION)}
        days, moment = (data_params.take("trial_period_days"), data_params.take("trial_end"))
        subscriptions.trial_end_of(world, Params({"trial_period_days": days, "trial_end": moment}))
        return {**plan, "trial_period_days": days, "trial_end": moment}
    data_params = params.section("payment_intent_data" if mode == "payment" else "setup_intent_data")
    names = ("description", "setup_future_usage", "receipt_email") if mode == "payment" else ("description",)
    return {"metadata": merged(data_params), **data_params.given(*names)}


@route("GET", "/v1/checkout/sessions/:id", "checkout.SessionRetrieveParams")
def retrieve(world: World, params: Params, session_id: str) -> Obj:
    """One session."""
    return world.fetch("checkout.session", session_id)


@route("POST", "/v1/checkout/sessions/:id", "checkout.SessionUpdateParams")
def update(world: World, params: Params, session_id: str) -> Obj:
    """Change an open session's metadata."""
    session = world.fetch("checkout.session", session_id)
    return world.change(session, None, metadata=merged(params, session["metadata"]))


@route("POST", "/v1/checkout/sessions/:id/expire", "checkout.SessionExpireParams")
def expire(world: World, params: Params, session_id: str) -> Obj:
    """Close an open session."""
    session = world.fetch("checkout.session", session_id)
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a '
            f"status of {session['status']}."
        )
    return _expire(world, session)


@action("checkout.expire")
def expire_by_time(world: World, session_id: str) -> None:
    """Nobody came in time."""
    session = world.fetch("checkout.session", session_id)
    if session["status"] == "open":
        _expire(world, session)


def _expire(world: World, session: Obj) -> Obj:
    world.agenda.cancel(session["id"])
    world.change(session, None, status="expired", url=None)
    world.emit("checkout.session.expired", session)
    return session


@route("GET", "/v1/checkout/sessions", "checkout.SessionListParams")
def list_sessions(world: World, params: Params) -> Obj:
    """Sessions, newest first."""
    where = params.given("customer", "subscription", "payment_intent", "status")
    if "customer_details" in params:
        where["customer_details.email"] = params.section("customer_details").need("email")
    return list_objects(world, "checkout.session", "/v1/checkout/sessions", params, where)


@route("GET", "/v1/checkout/sessions/:id/line_items", "checkout.SessionListLineItemsParams")
def list_line_items(world: World, params: Params, session_id: str) -> Obj:
    """What the session sells."""
    world.fetch("checkout.session", session_id)
    lines = [world.show(line) for line in fulfilling.lines_of(world, session_id)]
    return list_values(f"/v1/checkout/sessions/{session_id}/line_items", lines, params)


@includable("checkout.session", "line_items")
def include_line_items(world: World, session: Obj) -> Obj:
    """What the session sells, inside the session."""
    lines = [world.show(line) for line in fulfilling.lines_of(world, session["id"])]
    return envelope(f"/v1/checkout/sessions/{session['id']}/line_items", lines)
