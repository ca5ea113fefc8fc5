"""Entries of a customer's balance, made by hand or by invoices."""

from __future__ import annotations

from sandbox.stripe.billing import balances
from sandbox.stripe.errors import missing_resource
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

KIND = "customer_balance_transaction"
_URL = "/v1/customers/:id/balance_transactions"


@route("POST", _URL, "CustomerCreateBalanceTransactionParams")
def create(world: World, params: Params, customer_id: str) -> Obj:
    """Give the customer credit (a negative amount) or a debt for the next invoices."""
    customer = world.fetch("customer", customer_id)
    amount, currency = params.need("amount"), params.need("currency").lower()
    about = {"description": params.take("description"), "metadata": merged(params)}
    made = balances.move(world, customer, amount, "adjustment", currency)
    return world.change(made, None, **about)


@route("GET", f"{_URL}/:entry", "CustomerRetrieveBalanceTransactionParams")
def retrieve(world: World, params: Params, customer_id: str, entry_id: str) -> Obj:
    """One entry."""
    found = world.fetch(KIND, entry_id, name="customer balance transaction")
    if found["customer"] != customer_id:
        raise missing_resource("customer balance transaction", entry_id)
    return found


@route("POST", f"{_URL}/:entry", "CustomerBalanceTransactionUpdateParams")
def update(world: World, params: Params, customer_id: str, entry_id: str) -> Obj:
    """Change what is written beside an entry; its amount never changes."""
    found = retrieve(world, params, customer_id, entry_id)
    fields = params.given("description")
    return world.change(found, None, metadata=merged(params, found["metadata"]), **fields)


@route("GET", _URL, "CustomerListBalanceTransactionsParams")
def list_entries(world: World, params: Params, customer_id: str) -> Obj:
    """The entries, newest first."""
    world.fetch("customer", customer_id)
    where = {"customer": customer_id, **params.given("invoice")}
    return list_objects(world, KIND, _URL.replace(":id", customer_id), params, where)
