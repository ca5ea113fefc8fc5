"""The customer portal: sessions that lead there, and configurations that say what it offers."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.errors import invalid_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.objects.subscription_updates import alive
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

KIND = "billing_portal.configuration"
_FLOWS = ("subscription_cancel", "subscription_update", "subscription_update_confirm")
_DEFAULTS: dict[str, Obj] = {
    "customer_update": {"allowed_updates": ["email", "name"], "enabled": True},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "feedback_options": None, "options": []},
        "enabled": True,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_update": {
        "billing_cycle_anchor": "unchanged",
        "default_allowed_updates": ["price"],
        "enabled": True,
        "products": None,
        "proration_behavior": "create_prorations",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "continue_trial",
    },
}


@route("POST", "/v1/billing_portal/configurations", "billing_portal.ConfigurationCreateParams")
def create_configuration(world: World, params: Params) -> Obj:
    """Say what a portal offers; what is not mentioned is off."""
    off = {name: {**feature, "enabled": False} for name, feature in _DEFAULTS.items()}
    return world.create(_configuration(world, params, off), f"{KIND}.created")


def _configuration(world: World, params: Params, features: dict[str, Obj], **fields: Any) -> Obj:
    profile = {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None}
    login = {"enabled": False, "url": None}
    return blank(
        KIND,
        id=world.ids.new("bpc"),
        active=True,
        business_profile={**profile, **(params.take("business_profile") or {})},
        created=world.now,
        default_return_url=cleared(params.take("default_return_url")),
        features=_features(params, features),
        is_default=False,
        login_page={**login, **(params.take("login_page") or {})},
        metadata=merged(params),
        name=params.take("name"),
        updated=world.now,
        **fields,
    )


def _features(params: Params, current: dict[str, Obj]) -> dict[str, Obj]:
    given = params.take("features") or {}
    result = {name: {**feature, **(given.get(name) or {})} for name, feature in current.items()}
    for entry in result["subscription_update"]["products"] or []:
        entry.setdefault("adjustable_quantity", {"enabled": False, "maximum": None, "minimum": 1})
    return result


def default_configuration(world: World) -> Obj:
    """The one a session uses when it names none; made when first needed."""
    found = world.store.find(KIND, is_default=True)
    return (
        found[0] if found else world.create(_configuration(world, Params(), _DEFAULTS) | {"is_default": True})
    )


@route("GET", "/v1/billing_portal/configurations/:id", "billing_portal.ConfigurationRetrieveParams")
def retrieve_configuration(world: World, params: Params, configuration_id: str) -> Obj:
    """One configuration."""
    return world.fetch(KIND, configuration_id)


@route("POST", "/v1/billing_portal/configurations/:id", "billing_portal.ConfigurationUpdateParams")
def update_configuration(world: World, params: Params, configuration_id: str) -> Obj:
    """Change what a portal offers."""
    found = world.fetch(KIND, configuration_id)
    fields = params.given("active", "name", "default_return_url")
    if "business_profile" in params:
        fields["business_profile"] = {**found["business_profile"], **params.take("business_profile")}
    features = _features(params, found["features"])
    metadata = merged(params, found["metadata"])
    return world.change(
        found, f"{KIND}.updated", features=features, metadata=metadata, updated=world.now, **fields
    )


@route("GET", "/v1/billing_portal/configurations", "billing_portal.ConfigurationListParams")
def list_configurations(world: World, params: Params) -> Obj:
    """Configurations, newest first."""
    where = params.given("active", "is_default")
    return list_objects(world, KIND, "/v1/billing_portal/configurations", params, where)


@route("POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams")
def create_session(world: World, params: Params) -> Obj:
    """A short-lived address of the portal for one customer, straight to a flow if one is asked for."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    named = params.take("configuration")
    configuration = world.fetch(KIND, named, "configuration") if named else default_configuration(world)
    session_id = world.ids.new("bps")
    session = blank(
        "billing_portal.session",
        id=session_id,
        configuration=configuration["id"],
        created=world.now,
        customer=customer["id"],
        flow=_flow(world, params.section("flow_data"), customer["id"]) if "flow_data" in params else None,
        locale=params.take("locale"),
        return_url=params.take("return_url") or configuration["default_return_url"],
        url=f"{world.settings.site_url}/p/session/{session_id}",
    )
    return world.create(session, "billing_portal.session.created")


def _flow(world: World, data: Params, customer_id: str) -> Obj:
    kind = data.need("type")
    done = data.section("after_completion")
    flow: Obj = {
        "type": kind,
        "after_completion": {
            "type": done.take("type", "portal_homepage"),
            "hosted_confirmation": done.take("hosted_confirmation"),
            "redirect": done.take("redirect"),
        },
        "customer_update": None,
        **dict.fromkeys(_FLOWS),
    }
    if kind in _FLOWS:
        flow[kind] = _about(world, kind, data.section(kind), customer_id)
    return flow


def _about(world: World, kind: str, part: Params, customer_id: str) -> Obj:
    subscription = alive(world, part.need("subscription"))
    if subscription["customer"] != customer_id:
        raise invalid_param("The subscription belongs to another customer.", part.path("subscription"))
    about: Obj = {"subscription": subscription["id"]}
    if kind == "subscription_cancel":
        about["retention"] = part.take("retention")
    if kind == "subscription_update_confirm":
        empty = {"id": None, "price": None, "quantity": None}
        about |= {
            "items": [{**empty, **entry} for entry in part.need("items")],
            "discounts": part.take("discounts"),
        }
    return about
