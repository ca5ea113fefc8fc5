"""The customer portal: a page where customers look after their own billing."""

from __future__ import annotations

from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World


@route("POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams")
def create_session(world: World, params: Params) -> Obj:
    """A short-lived address of the portal for one customer."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    session_id = world.ids.new("bps")
    session = blank(
        "billing_portal.session",
        id=session_id,
        configuration="bpc_1SandboxDefault",
        created=world.now,
        customer=customer["id"],
        locale=params.take("locale"),
        return_url=params.take("return_url"),
        url=f"{world.settings.site_url}/p/session/{session_id}",
    )
    return world.create(session, "billing_portal.session.created")
