"""Charges and what they leave on the balance: read only, made by payments."""

from __future__ import annotations

from sandbox.stripe.expand import includable
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import envelope, list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("GET", "/v1/charges/:id", "ChargeRetrieveParams")
def retrieve(world: World, params: Params, charge_id: str) -> Obj:
    """One charge."""
    return world.fetch("charge", charge_id)


@route("POST", "/v1/charges/:id", "ChargeUpdateParams")
def update(world: World, params: Params, charge_id: str) -> Obj:
    """Change what is written beside a charge."""
    charge = world.fetch("charge", charge_id)
    fields = params.given("description", "receipt_email")
    return world.change(charge, "charge.updated", metadata=merged(params, charge["metadata"]), **fields)


@includable("charge", "refunds")
def include_refunds(world: World, charge: Obj) -> Obj:
    """What was given back of a charge, newest first."""
    found = world.store.find("refund", newest_first=True, charge=charge["id"])
    return envelope(f"/v1/charges/{charge['id']}/refunds", found)


@route("GET", "/v1/charges", "ChargeListParams")
def list_charges(world: World, params: Params) -> Obj:
    """Charges, newest first."""
    return list_objects(world, "charge", "/v1/charges", params, params.given("customer", "payment_intent"))


@route("GET", "/v1/balance_transactions/:id", "BalanceTransactionRetrieveParams")
def retrieve_balance_transaction(world: World, params: Params, transaction_id: str) -> Obj:
    """One entry of the account's balance."""
    return world.fetch("balance_transaction", transaction_id)


@route("GET", "/v1/balance_transactions", "BalanceTransactionListParams")
def list_balance_transactions(world: World, params: Params) -> Obj:
    """The account's balance, newest first."""
    where = params.given("source", "type", "currency")
    return list_objects(world, "balance_transaction", "/v1/balance_transactions", params, where)
