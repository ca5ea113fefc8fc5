"""Features of products, and what customers are entitled to by their subscriptions."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop

CHANGED = "entitlements.active_entitlement_summary.updated"


def test_a_subscription_entitles_while_it_lives(sandbox: Sandbox, shop: Shop) -> None:
    feature = shop.stripe.v1.entitlements.features.create({"name": "Exports", "lookup_key": "exports"})
    price = shop.price()
    shop.stripe.v1.products.features.create(price.product, {"entitlement_feature": feature.id})
    made = shop.subscribe(price=price)

    listing = {"customer": made.customer}
    active = shop.stripe.v1.entitlements.active_entitlements.list(listing).data
    assert [entry.lookup_key for entry in active] == ["exports"]
    told = [event for event in sandbox.find("event") if event["type"] == CHANGED]
    assert told[0]["data"]["object"]["entitlements"]["data"][0]["lookup_key"] == "exports"

    shop.stripe.v1.subscriptions.cancel(made.id)
    assert shop.stripe.v1.entitlements.active_entitlements.list(listing).data == []
    assert shop.types().count(CHANGED) == 2


def test_features_can_be_found_renamed_and_taken_away(shop: Shop) -> None:
    features = shop.stripe.v1.entitlements.features
    feature = features.create({"name": "Exports", "lookup_key": "exports"})
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        features.create({"name": "Other", "lookup_key": "exports"})
    assert features.update(feature.id, {"name": "Export"}).name == "Export"
    assert features.list({"lookup_key": "exports"}).data[0].id == features.retrieve(feature.id).id
    product = shop.price().product
    link = shop.stripe.v1.products.features.create(product, {"entitlement_feature": feature.id})
    assert shop.stripe.v1.products.features.list(product).data[0].entitlement_feature.id == feature.id
    assert shop.stripe.v1.products.features.delete(product, link.id).deleted
    assert shop.stripe.v1.products.features.list(product).data == []
