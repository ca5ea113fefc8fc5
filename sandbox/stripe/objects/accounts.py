"""The account itself: one, in test mode, able to charge."""

from __future__ import annotations

from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

ACCOUNT_ID = "acct_1SandboxAccount"


@route("GET", "/v1/account", "AccountRetrieveCurrentParams")
def retrieve_current(world: World, params: Params) -> Obj:
    """The account the key belongs to."""
    return account(world)


@route("GET", "/v1/accounts/:id", "AccountRetrieveParams")
def retrieve(world: World, params: Params, account_id: str) -> Obj:
    """The same account by its id; there is no other."""
    return account(world) if account_id == ACCOUNT_ID else world.fetch("account", account_id)


def account(world: World) -> Obj:
    """The account object."""
    return blank(
        "account",
        id=ACCOUNT_ID,
        business_profile={"name": "Sandbox", "support_email": None, "url": None},
        business_type="company",
        capabilities={"card_payments": "active", "transfers": "active"},
        charges_enabled=True,
        country=world.settings.country,
        created=0,
        default_currency=world.settings.currency,
        details_submitted=True,
        email="sandbox@example.com",
        metadata={},
        payouts_enabled=True,
        settings={
            "card_payments": {"statement_descriptor_prefix": None},
            "payments": {"statement_descriptor": "SANDBOX"},
            "dashboard": {"display_name": "Sandbox", "timezone": "Etc/UTC"},
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        },
        type="standard",
    )
