"""Customer sessions: a short-lived secret that lets a component on a page act for a customer."""

from __future__ import annotations

from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

HALF_HOUR = 1800
_SWITCHES = ("active_entitlements", "buy_button", "customer_portal", "pricing_table")
_ELEMENTS = ("customer_sheet", "mobile_payment_element", "payment_element")


@route("POST", "/v1/customer_sessions", "CustomerSessionCreateParams")
def create(world: World, params: Params) -> Obj:
    """A secret for the components that are asked for."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    asked = params.section("components")
    components = {}
    for name in (*_SWITCHES, *_ELEMENTS):
        wanted = asked.section(name)
        components[name] = {"enabled": wanted.take("enabled", False)}
        if name in _ELEMENTS:
            components[name]["features"] = wanted.take("features")
    return blank(
        "customer_session",
        client_secret=f"cuss_secret_{world.ids.letters(40)}",
        components=components,
        created=world.now,
        customer=customer["id"],
        expires_at=world.now + HALF_HOUR,
    )
