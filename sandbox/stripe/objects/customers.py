"""Customers: who pays."""

from __future__ import annotations

import re
from typing import Any

from sandbox.stripe.billing import balances
from sandbox.stripe.errors import invalid_param
from sandbox.stripe.expand import includable
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.objects import payment_methods, subscriptions, tax_ids
from sandbox.stripe.paging import envelope, list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_PLAIN = (
    "description",
    "email",
    "name",
    "phone",
    "preferred_locales",
    "tax_exempt",
    "business_name",
    "individual_name",
)

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_COUNTRY = re.compile(r"[A-Z]{2}")


@route("POST", "/v1/customers", "CustomerCreateParams")
def create(world: World, params: Params) -> Obj:
    """Make a customer, with a first payment method if one is given."""
    clock = params.take("test_clock")
    if clock:
        world.fetch("test_helpers.test_clock", clock, "test_clock", "test clock")
    customer = blank(
        "customer",
        id=world.ids.new("cus"),
        balance=0,
        delinquent=False,
        invoice_prefix=world.ids.letters(8).upper(),
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
        metadata=merged(params),
        invoice_settings=_blank_invoice_settings(),
        test_clock=clock,
    )
    customer.update(_plain(params))
    customer.update(_addresses(params))
    with world.on_clock_of(customer):
        world.create(customer, "customer.created")
        for entry in params.each("tax_id_data"):
            tax_ids.add(world, customer, entry)
        _set_balance(world, customer, params.take("balance"), "initial")
        params.ignore("tax")
        if "payment_method" in params:
            payment_methods.attach_to(world, params.take("payment_method"), customer["id"], "payment_method")
        return _apply_invoice_settings(world, params, world.fetch("customer", customer["id"]))


def _blank_invoice_settings() -> Obj:
    return {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}


def _plain(params: Params) -> dict[str, Any]:
    """Words and numbers of the customer's own; an address of e-mail looks like one."""
    fields = {name: cleared(value) for name, value in params.given(*_PLAIN).items()}
    if fields.get("email") and not _EMAIL.fullmatch(fields["email"]):
        raise invalid_param(f"Invalid email address: {fields['email']}", "email", "email_invalid")
    return fields


def _addresses(params: Params) -> dict[str, Any]:
    fields = {}
    for name in ("address", "shipping"):
        if name in params:
            fields[name] = cleared(params.take(name))
    if fields.get("address"):
        empty = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
        fields["address"] = {**empty, **{part: value or None for part, value in fields["address"].items()}}
        _must_be_a_country(fields["address"]["country"])
    return fields


def _must_be_a_country(code: str | None) -> None:
    if code and not _COUNTRY.fullmatch(code):
        raise invalid_param(
            f"Country '{code}' is unknown. Try using a 2-character alphanumeric country code instead, "
            "such as 'US', 'EG', or 'GB'.",
            "address[country]",
            "country_code_invalid",
        )


def _apply_invoice_settings(world: World, params: Params, customer: Obj, **fields: Any) -> Obj:
    given = params.section("invoice_settings").given("default_payment_method", "footer", "custom_fields")
    if given.get("default_payment_method"):
        method = world.fetch("payment_method", given["default_payment_method"], "payment_method")
        payment_methods.must_belong(method, customer["id"])
    settings = {**customer["invoice_settings"], **{k: cleared(v) for k, v in given.items()}}
    return world.change(customer, "customer.updated", invoice_settings=settings, **fields)


def _set_balance(world: World, customer: Obj, wanted: int | None, kind: str) -> None:
    if wanted is not None and wanted != customer["balance"]:
        change = wanted - customer["balance"]
        balances.move(world, customer, change, kind, customer["currency"] or world.settings.currency)


@route("GET", "/v1/customers/:id", "CustomerRetrieveParams")
def retrieve(world: World, params: Params, customer_id: str) -> Obj:
    """One customer; a deleted one answers only that it is deleted."""
    found = world.store.get(f"deleted:{customer_id}")
    return found["was"] if found else world.fetch("customer", customer_id)


@route("POST", "/v1/customers/:id", "CustomerUpdateParams")
def update(world: World, params: Params, customer_id: str) -> Obj:
    """Change a customer."""
    customer = world.fetch("customer", customer_id)
    fields = _plain(params) | _addresses(params)
    metadata = merged(params, customer["metadata"])
    _set_balance(world, customer, params.take("balance"), "adjustment")
    params.ignore("tax")
    return _apply_invoice_settings(world, params, customer, metadata=metadata, **fields)


@route("DELETE", "/v1/customers/:id", "CustomerDeleteParams")
def delete(world: World, params: Params, customer_id: str) -> Obj:
    """Delete a customer for good; subscriptions end at once."""
    customer = world.fetch("customer", customer_id)
    for subscription in world.store.find("subscription", customer=customer_id):
        if subscription["status"] not in subscriptions.ENDED:
            subscriptions.end(world, subscription)
    for method in world.store.find("payment_method", customer=customer_id):
        payment_methods.detach_from(world, method)
    world.store.delete(customer_id)
    answer = {"id": customer_id, "object": "customer", "deleted": True}
    world.store.put({"id": f"deleted:{customer_id}", "object": "deleted_customer", "was": answer})
    world.emit("customer.deleted", customer)
    return answer


@route("GET", "/v1/customers", "CustomerListParams")
def list_customers(world: World, params: Params) -> Obj:
    """Customers, newest first."""
    where = params.given("email", "test_clock")
    return list_objects(world, "customer", "/v1/customers", params, where)


@includable("customer", "subscriptions")
def include_subscriptions(world: World, customer: Obj) -> Obj:
    """The customer's live subscriptions."""
    found = world.store.find("subscription", newest_first=True, customer=customer["id"])
    live = [world.show(s) for s in found if s["status"] not in subscriptions.ENDED]
    return envelope(f"/v1/customers/{customer['id']}/subscriptions", live)


@includable("customer", "sources")
def include_sources(world: World, customer: Obj) -> Obj:
    """Always empty: the sandbox knows payment methods, not the older sources."""
    return envelope(f"/v1/customers/{customer['id']}/sources", [])
