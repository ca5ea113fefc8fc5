"""Automatic tax: what Stripe would work out for a customer's country, at one rate that is a setting.

The rate is 0 by default, as in an account without tax registrations: every line then says `not_collecting`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sandbox.stripe.errors import ApiError
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

RATE_ID = "txr_sandbox"


def located(customer: Obj) -> bool:
    """True when the customer's country is known, so that tax can be worked out."""
    places = (customer["address"], (customer["shipping"] or {}).get("address"))
    return any((place or {}).get("country") for place in places)


def must_be_located(customer: Obj) -> None:
    """Refuse automatic tax for a customer who could live anywhere."""
    if not located(customer):
        raise ApiError(
            "The customer's location isn't recognized. Set a valid customer address in order to "
            "automatically calculate tax.",
            code="customer_tax_location_invalid",
        )


def setting(enabled: bool) -> Obj:
    """`automatic_tax` as subscriptions and phases carry it."""
    return {
        "enabled": enabled,
        "disabled_reason": None,
        "liability": {"type": "self"} if enabled else None,
    }


def state(customer: Obj | None, enabled: bool) -> Obj:
    """`automatic_tax` as sessions carry it, and invoices with one field more."""
    known = "complete" if customer and located(customer) else "requires_location_inputs"
    return {
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": known if enabled else None,
    }


def levy(world: World, invoice: Obj) -> None:
    """Write the tax onto each line of an invoice and onto the whole."""
    lines = invoice["lines"]["data"]
    for line in lines:
        line["taxes"] = [_tax(world, invoice, line)] if invoice["automatic_tax"]["enabled"] else []
    taxes = [tax for line in lines for tax in line["taxes"]]
    invoice["total_taxes"] = [
        {**group[0], **{name: sum(tax[name] for tax in group) for name in ("amount", "taxable_amount")}}
        for behavior in ("exclusive", "inclusive")
        if (group := [tax for tax in taxes if tax["tax_behavior"] == behavior])
    ]


def _tax(world: World, invoice: Obj, line: Obj) -> Obj:
    taxable = line["amount"] - sum(entry["amount"] for entry in line["discount_amounts"])
    price_id = ((line["pricing"] or {}).get("price_details") or {}).get("price")
    price = world.store.get(price_id) if price_id else None
    behavior = behavior_of(price)
    reason = _reason(world, invoice["customer_tax_exempt"])
    charged = taxable if reason == "standard_rated" else 0
    return {
        "amount": amount_on(world, charged, behavior),
        "tax_behavior": behavior,
        "tax_rate_details": {"tax_rate": _rate(world)},
        "taxability_reason": reason,
        "taxable_amount": charged,
        "type": "tax_rate_details",
    }


def behavior_of(price: Obj | None) -> str:
    """Whether the price has its tax inside; where it does not say, tax comes on top."""
    return "inclusive" if price and price["tax_behavior"] == "inclusive" else "exclusive"


def _reason(world: World, exempt: str | None) -> str:
    if exempt == "reverse":
        return "reverse_charge"
    if exempt == "exempt":
        return "customer_exempt"
    return "standard_rated" if world.settings.tax_percent else "not_collecting"


def amount_on(world: World, taxable: int, behavior: str) -> int:
    """The tax on an amount of minor units, on top of it or inside it."""
    rate = world.settings.tax_percent / 100
    exact = taxable * rate if behavior == "exclusive" else taxable - taxable / (1 + rate)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _rate(world: World) -> str:
    """The one tax rate there is, stored when it is first needed."""
    if world.store.get(RATE_ID) is None:
        rate = blank(
            "tax_rate",
            id=RATE_ID,
            active=False,
            display_name="VAT",
            effective_percentage=float(world.settings.tax_percent),
            inclusive=False,
            percentage=float(world.settings.tax_percent),
            rate_type="percentage",
            tax_type="vat",
        )
        world.create(rate)
    return RATE_ID
