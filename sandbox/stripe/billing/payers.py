"""Who pays on the checkout page: what they type about themselves, and the customer that makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.stripe.objects import tax_ids
from sandbox.stripe.params import Params
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_PLACE = ("city", "country", "line1", "line2", "postal_code", "state")


@dataclass(frozen=True)
class Payer:
    """The form's answers; the country is a two-letter code."""

    name: str = ""
    email: str | None = None
    country: str = "DE"
    postal_code: str | None = None
    tax_id: str | None = None

    @property
    def address(self) -> Obj:
        """The billing address as Stripe shows it."""
        known = {"country": self.country, "postal_code": self.postal_code}
        return {**dict.fromkeys(_PLACE), **known}


def customer_for(world: World, session: Obj, payer: Payer) -> Obj | None:
    """The session's customer, brought up to date, or a new one; None for a guest who leaves no trace."""
    if session["customer"]:
        found = world.fetch("customer", session["customer"])
        _update(world, session, found, payer)
    elif _guest(session):
        return None
    else:
        found = _new(world, session, payer)
    if payer.tax_id:
        tax_ids.add(world, found, Params({"type": "eu_vat", "value": payer.tax_id}))
    return found


def _guest(session: Obj) -> bool:
    invoiced = (session["invoice_creation"] or {}).get("enabled")
    kept = session["_plan"].get("setup_future_usage") or session["customer_creation"] == "always"
    return session["mode"] == "payment" and not invoiced and not kept


def _update(world: World, session: Obj, customer: Obj, payer: Payer) -> None:
    wanted = session.get("_customer_update") or {}
    fields: dict[str, Any] = {}
    if wanted.get("address") == "auto":
        fields["address"] = payer.address
    if wanted.get("name") == "auto" and payer.name:
        fields["name"] = payer.name
    if fields:
        world.change(customer, "customer.updated", **fields)


def _new(world: World, session: Obj, payer: Payer) -> Obj:
    settings = dict.fromkeys(("custom_fields", "default_payment_method", "footer", "rendering_options"))
    customer = blank(
        "customer",
        id=world.ids.new("cus"),
        address=payer.address if needs_address(session) else None,
        balance=0,
        delinquent=False,
        email=session["customer_email"] or payer.email,
        invoice_prefix=world.ids.letters(8).upper(),
        next_invoice_sequence=1,
        name=payer.name or None,
        preferred_locales=[],
        tax_exempt="none",
        metadata={},
        invoice_settings=settings,
    )
    return world.create(customer, "customer.created")


def needs_address(session: Obj) -> bool:
    """True when the page asks for country and postal code."""
    return bool(session["automatic_tax"]["enabled"] or session["billing_address_collection"] == "required")


def details(session: Obj, customer: Obj | None, payer: Payer) -> Obj:
    """`customer_details` of a completed session."""
    known = customer or {"email": session["customer_email"], "name": None, "tax_exempt": "none"}
    return {
        "address": payer.address,
        "business_name": None,
        "email": known["email"] or payer.email,
        "individual_name": None,
        "name": payer.name or known["name"],
        "phone": None,
        "tax_exempt": known["tax_exempt"],
        "tax_ids": [{"type": "eu_vat", "value": payer.tax_id}] if payer.tax_id else [],
    }
