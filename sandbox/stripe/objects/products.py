"""Products: what is sold."""

from __future__ import annotations

from sandbox.stripe.errors import ApiError, invalid_param
from sandbox.stripe.metadata import cleared, merged
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

_PLAIN = ("description", "unit_label", "url", "statement_descriptor", "tax_code", "shippable")


@route("POST", "/v1/products", "ProductCreateParams")
def create(world: World, params: Params) -> Obj:
    """Make a product, under the caller's own id if one is given."""
    product_id = params.take("id") or world.ids.new("prod")
    if world.store.get(product_id):
        raise ApiError("Product already exists.", code="resource_already_exists", param="id")
    product = blank(
        "product",
        id=product_id,
        created=world.now,
        updated=world.now,
        name=params.need("name"),
        active=params.take("active", True),
        images=params.take("images") or [],
        marketing_features=params.take("marketing_features") or [],
        metadata=merged(params),
        type=params.take("type", "service"),
        default_price=None,
        **{name: cleared(value) for name, value in params.given(*_PLAIN).items()},
    )
    return world.create(product, "product.created")


@route("GET", "/v1/products/:id", "ProductRetrieveParams")
def retrieve(world: World, params: Params, product_id: str) -> Obj:
    """One product."""
    return world.fetch("product", product_id)


@route("POST", "/v1/products/:id", "ProductUpdateParams")
def update(world: World, params: Params, product_id: str) -> Obj:
    """Change a product."""
    product = world.fetch("product", product_id)
    fields = params.given("name", "active", "images", "marketing_features", "default_price", *_PLAIN)
    price = fields.get("default_price")
    if price and world.fetch("price", price, "default_price")["product"] != product_id:
        raise invalid_param("The price specified does not belong to this product.", "default_price")
    changed = {name: cleared(value) for name, value in fields.items()}
    changed["metadata"] = merged(params, product["metadata"])
    if any(product.get(name) != value for name, value in changed.items()):
        changed["updated"] = world.now
    return world.change(product, "product.updated", **changed)


@route("DELETE", "/v1/products/:id", "ProductDeleteParams")
def delete(world: World, params: Params, product_id: str) -> Obj:
    """Delete a product that never had a price."""
    product = world.fetch("product", product_id)
    if world.store.find("price", product=product_id):
        raise ApiError(
            "This product cannot be deleted because it has one or more user-created prices. "
            "Archive it instead by setting active to false."
        )
    world.store.delete(product_id)
    world.emit("product.deleted", product)
    return {"id": product_id, "object": "product", "deleted": True}


@route("GET", "/v1/products", "ProductListParams")
def list_products(world: World, params: Params) -> Obj:
    """Products, newest first."""
    where = params.given("active", "shippable", "url")
    if "ids" in params:
        where["id"] = params.take("ids")
    return list_objects(world, "product", "/v1/products", params, where)
