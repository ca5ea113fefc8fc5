"""Changing a draft: lines come and go, and the sums follow."""

from __future__ import annotations

from sandbox.stripe.billing import discounting, invoicing, taxing
from sandbox.stripe.errors import ApiError
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


def draft_of(world: World, invoice_id: str, param: str = "invoice") -> Obj:
    """The draft with this id; a finalized invoice no longer takes changes."""
    invoice = world.fetch("invoice", invoice_id, param)
    if invoice["status"] != "draft":
        raise ApiError(
            "This invoice is no longer editable", code="invoice_not_editable", param=param, status=400
        )
    return invoice


def add(world: World, invoice: Obj, entries: list[Obj]) -> Obj:
    """Put lines onto the draft."""
    for entry in entries:
        if entry["currency"] != invoice["currency"]:
            raise ApiError(
                f"The currency of the invoice item ({entry['currency']}) must be that of the invoice "
                f"({invoice['currency']}).",
                param="currency",
            )
        entry["invoice"] = invoice["id"]
    return recount(world, invoice, [*invoice["lines"]["data"], *entries])


def remove(world: World, invoice: Obj, item_id: str) -> Obj:
    """Take an invoice item's line off the draft."""
    left = [line for line in invoice["lines"]["data"] if item_of(line) != item_id]
    return recount(world, invoice, left)


def item_of(line: Obj) -> str | None:
    """The invoice item a line was made from."""
    parent = line["parent"] or {}
    details = parent.get("invoice_item_details") or parent.get("subscription_item_details") or {}
    found: str | None = details.get("invoice_item")
    return found


def recount(world: World, invoice: Obj, entries: list[Obj], discount_ids: list[str] | None = None) -> Obj:
    """Store the draft with these lines (and these discounts), counted up anew."""
    before = world.show(world.fetch("invoice", invoice["id"]))
    kept = invoice["discounts"] if discount_ids is None else discount_ids
    for discount_id in invoice["discounts"]:
        discount = world.fetch("discount", discount_id)
        world.store.put({**discount, "_spent": False})
    for entry in entries:
        entry["discount_amounts"] = []
    invoice.update(discounts=[], total_discount_amounts=[])
    invoice["lines"]["data"] = entries
    discounting.take_off(world, invoice, kept)
    taxing.levy(world, invoice)
    world.store.put(invoicing.total_up(invoice))
    world.emit_change("invoice.updated", before, invoice)
    return invoice
