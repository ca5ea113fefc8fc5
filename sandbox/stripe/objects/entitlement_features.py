"""Features of products, and which of them a customer's live subscriptions bring."""

from __future__ import annotations

from sandbox.stripe.billing.subscribing import items_of
from sandbox.stripe.errors import ApiError, missing_resource
from sandbox.stripe.metadata import merged
from sandbox.stripe.paging import envelope, list_objects, list_values
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World, follows

ENTITLED = ("active", "trialing", "past_due")
SUMMARY = "entitlements.active_entitlement_summary"


@route("POST", "/v1/entitlements/features", "entitlements.FeatureCreateParams")
def create(world: World, params: Params) -> Obj:
    """Make a feature with a lookup key of its own."""
    key = params.need("lookup_key")
    if world.store.find("entitlements.feature", lookup_key=key):
        raise ApiError("A feature with this lookup key already exists.", param="lookup_key")
    fields = {"name": params.need("name"), "lookup_key": key, "metadata": merged(params), "active": True}
    return world.create(blank("entitlements.feature", id=world.ids.new("feat"), **fields))


@route("GET", "/v1/entitlements/features/:id", "entitlements.FeatureRetrieveParams")
def retrieve(world: World, params: Params, feature_id: str) -> Obj:
    """One feature."""
    return world.fetch("entitlements.feature", feature_id)


@route("POST", "/v1/entitlements/features/:id", "entitlements.FeatureUpdateParams")
def update(world: World, params: Params, feature_id: str) -> Obj:
    """Rename a feature or archive it."""
    feature = world.fetch("entitlements.feature", feature_id)
    metadata = merged(params, feature["metadata"])
    return world.change(feature, None, metadata=metadata, **params.given("name", "active"))


@route("GET", "/v1/entitlements/features", "entitlements.FeatureListParams")
def list_features(world: World, params: Params) -> Obj:
    """Features, newest first."""
    where = params.given("lookup_key")
    if "archived" in params:
        where["active"] = not params.take("archived")
    return list_objects(world, "entitlements.feature", "/v1/entitlements/features", params, where)


@route("POST", "/v1/products/:id/features", "ProductCreateFeatureParams")
def attach(world: World, params: Params, product_id: str) -> Obj:
    """Give a product a feature."""
    world.fetch("product", product_id)
    feature = world.fetch("entitlements.feature", params.need("entitlement_feature"), "entitlement_feature")
    link = blank(
        "product_feature", id=world.ids.new("prodft"), entitlement_feature=feature, _product=product_id
    )
    world.create(link)
    return link


@route("GET", "/v1/products/:id/features", "ProductListFeaturesParams")
def list_of_product(world: World, params: Params, product_id: str) -> Obj:
    """A product's features."""
    found = [world.show(link) for link in world.store.find("product_feature", _product=product_id)]
    return list_values(f"/v1/products/{product_id}/features", found, params)


@route("DELETE", "/v1/products/:id/features/:link", "ProductDeleteFeatureParams")
def detach(world: World, params: Params, product_id: str, link_id: str) -> Obj:
    """Take a feature from a product."""
    world.fetch("product_feature", link_id)
    world.store.delete(link_id)
    return {"id": link_id, "object": "product_feature", "deleted": True}


@route("GET", "/v1/entitlements/active_entitlements", "entitlements.ActiveEntitlementListParams")
def list_active(world: World, params: Params) -> Obj:
    """What a customer is entitled to now."""
    customer = world.fetch("customer", params.need("customer"), "customer")
    return list_values("/v1/entitlements/active_entitlements", active(world, customer["id"]), params)


@route("GET", "/v1/entitlements/active_entitlements/:id", "entitlements.ActiveEntitlementRetrieveParams")
def retrieve_active(world: World, params: Params, entitlement_id: str) -> Obj:
    """One entitlement, while it is in force."""
    for customer in world.store.find("customer"):
        for entry in active(world, customer["id"]):
            if entry["id"] == entitlement_id:
                return entry
    raise missing_resource("active entitlement", entitlement_id)


def active(world: World, customer_id: str) -> list[Obj]:
    """One entitlement for each feature of each product the customer's live subscriptions hold."""
    features: dict[str, Obj] = {}
    for subscription in world.store.find("subscription", customer=customer_id, status=ENTITLED):
        for item in items_of(world, subscription):
            product = world.fetch("price", item["price"])["product"]
            for link in world.store.find("product_feature", _product=product):
                feature = link["entitlement_feature"]
                features[feature["id"]] = feature
    return [
        blank(
            "entitlements.active_entitlement",
            id=f"ent_{feature['id'][5:]}{customer_id[4:]}",
            feature=feature["id"],
            lookup_key=feature["lookup_key"],
        )
        for feature in features.values()
    ]


@follows("customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted")
def tell(world: World, subscription: Obj) -> None:
    """Say so when what the customer is entitled to has changed."""
    customer_id = subscription["customer"]
    now = active(world, customer_id)
    keys = sorted(entry["feature"] for entry in now)
    name = f"entitled:{customer_id}"
    if (world.store.setting(name) or "") == ",".join(keys):
        return
    world.store.remember(name, ",".join(keys))
    entitlements = envelope(f"/v1/customer/{customer_id}/entitlements", now)
    summary = blank(SUMMARY, customer=customer_id, entitlements=entitlements)
    world.emit(f"{SUMMARY}.updated", summary)
