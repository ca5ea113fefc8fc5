"""Tax ids of customers, such as VAT numbers, printed on their invoices."""

from __future__ import annotations

import re
from typing import Any

from sandbox.stripe.errors import invalid_param, missing_resource
from sandbox.stripe.expand import includable
from sandbox.stripe.paging import envelope, list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_URL = "/v1/customers/:id/tax_ids"
_FORMATS = {
    "eu_vat": r"(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)"
    r"[0-9A-Z+*]{8,12}",
    "gb_vat": r"GB(\d{9}|\d{12})",
    "ch_vat": r"CHE-\d{3}\.\d{3}\.\d{3}( (MWST|TVA|IVA))?",
    "us_ein": r"\d{2}-\d{7}",
}
# Stripe's test mode verifies by these digits; anything else stays pending.
_VERDICTS = {"000000000": "verified", "111111111": "unverified"}


@route("POST", _URL, "CustomerCreateTaxIdParams")
def create(world: World, params: Params, customer_id: str) -> Obj:
    """Note a tax id of the customer's; one that can't be right is refused."""
    customer = world.fetch("customer", customer_id)
    return add(world, customer, params)


def add(world: World, customer: Obj, params: Params) -> Obj:
    """Store the tax id that the parameters name."""
    kind, value = params.need("type"), params.need("value").strip()
    if not plausible(kind, value):
        raise invalid_param(f"Invalid value for {kind}.", params.path("value"), "tax_id_invalid")
    verdict = next((word for digits, word in _VERDICTS.items() if digits in value), "pending")
    made = blank(
        "tax_id",
        id=world.ids.new("txi"),
        country=_country(kind, value),
        customer=customer["id"],
        owner={"type": "customer", "customer": customer["id"], "account": None, "application": None},
        type=kind,
        value=value,
        verification={"status": "pending", "verified_address": None, "verified_name": None},
    )
    made["owner"]["customer_account"] = None
    made = world.create(made, "customer.tax_id.created")
    if verdict == "pending":
        return made
    told = {**made["verification"], "status": verdict}
    return world.change(made, "customer.tax_id.updated", verification=told)


def plausible(kind: str, value: str) -> bool:
    """True when the value looks like a tax id of its kind."""
    return re.fullmatch(_FORMATS.get(kind, r".{1,50}"), value) is not None


def _country(kind: str, value: str) -> str:
    if kind != "eu_vat":
        return kind[:2].upper()
    return {"EL": "GR", "XI": "GB"}.get(value[:2], value[:2])


def of_customer(world: World, customer_id: str) -> list[dict[str, Any]]:
    """What an invoice says about the customer's tax ids."""
    found = world.store.find("tax_id", customer=customer_id)
    return [{"type": entry["type"], "value": entry["value"]} for entry in found]


@route("GET", f"{_URL}/:entry", "CustomerRetrieveTaxIdParams")
def retrieve(world: World, params: Params, customer_id: str, tax_id: str) -> Obj:
    """One tax id."""
    found = world.fetch("tax_id", tax_id, name="tax ID")
    if found["customer"] != customer_id:
        raise missing_resource("tax ID", tax_id)
    return found


@route("DELETE", f"{_URL}/:entry", "CustomerDeleteTaxIdParams")
def delete(world: World, params: Params, customer_id: str, tax_id: str) -> Obj:
    """Forget a tax id; invoices that name it go on doing so."""
    found = retrieve(world, params, customer_id, tax_id)
    world.store.delete(tax_id)
    world.emit("customer.tax_id.deleted", found)
    return {"id": tax_id, "object": "tax_id", "deleted": True}


@route("GET", _URL, "CustomerListTaxIdsParams")
def list_of_customer(world: World, params: Params, customer_id: str) -> Obj:
    """The customer's tax ids, newest first."""
    world.fetch("customer", customer_id)
    where = {"customer": customer_id}
    return list_objects(world, "tax_id", _URL.replace(":id", customer_id), params, where)


@includable("customer", "tax_ids")
def include(world: World, customer: Obj) -> Obj:
    """The customer's tax ids, inside the customer."""
    found = world.store.find("tax_id", newest_first=True, customer=customer["id"])
    return envelope(f"/v1/customers/{customer['id']}/tax_ids", found)
