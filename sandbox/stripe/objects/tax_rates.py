"""Tax rates, as automatic tax names them: read only."""

from __future__ import annotations

from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("GET", "/v1/tax_rates/:id", "TaxRateRetrieveParams")
def retrieve(world: World, params: Params, rate_id: str) -> Obj:
    """One rate."""
    return world.fetch("tax_rate", rate_id, name="tax rate")


@route("GET", "/v1/tax_rates", "TaxRateListParams")
def list_rates(world: World, params: Params) -> Obj:
    """The rates that were needed so far."""
    return list_objects(world, "tax_rate", "/v1/tax_rates", params, params.given("active", "inclusive"))
