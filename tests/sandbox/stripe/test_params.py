"""Parameters: typed by stripe-python's classes, refused in Stripe's words, never ignored in silence."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import Shop


def refused(sandbox: Sandbox, path: str, form: str) -> dict:
    """The error a raw form gets."""
    client = stripe.StripeClient(sandbox.api_key, http_client=sandbox.http_client())
    params = dict(pair.split("=", 1) for pair in form.split("&") if pair)
    with pytest.raises(stripe.StripeError) as caught:
        client.raw_request("post", path, **params)
    return caught.value.json_body["error"]


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ("currency=eur&unit_amount=12.5&product=p", "parameter_invalid_integer", "unit_amount"),
        ("currency=eur&unit_amount=5&product=p&colour=red", "parameter_unknown", "colour"),
        ("unit_amount=5&product=p", "parameter_missing", "currency"),
        ("currency=eur&unit_amount=5", "parameter_missing", "product"),
        ("currency=eur&unit_amount=5&product=prod_none", "resource_missing", "product"),
        ("currency=eur&unit_amount=5&recurring[interval]=decade", None, "recurring[interval]"),
        ("currency=eur&unit_amount=5&recurring[pace]=fast", "parameter_unknown", "recurring[pace]"),
        ("currency=eur&unit_amount=5&active=maybe", None, "active"),
        ("currency=eur&unit_amount=5&recurring=monthly", None, "recurring"),
        ("currency=eur&product=p&tiers=3", None, "tiers"),
    ],
)
def test_a_wrong_price_is_refused_as_stripe_refuses_it(
    sandbox: Sandbox, form: str, code: str | None, param: str
) -> None:
    error = refused(sandbox, "/v1/prices", form)
    assert (error["type"], error.get("code"), error["param"]) == ("invalid_request_error", code, param)


def test_a_parameter_the_sandbox_does_not_act_on_is_refused_loudly_and_nothing_is_stored(
    sandbox: Sandbox, shop: Shop
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not act on cash_balance") as caught:
        shop.stripe.v1.customers.create({"cash_balance": {"settings": {"reconciliation_mode": "manual"}}})
    assert caught.value.code == "sandbox_unsupported"
    assert sandbox.find("customer") == []
    assert shop.types() == []


def test_metadata_is_merged_and_cleared_key_by_key(shop: Shop) -> None:
    customer = shop.customer(metadata={"a": "1", "b": "2"})
    changed = shop.stripe.v1.customers.update(customer.id, {"metadata": {"b": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"a": "1", "c": "3"}
    emptied = shop.stripe.v1.customers.update(customer.id, {"metadata": ""})
    assert emptied.metadata.to_dict() == {}


def test_metadata_has_stripes_limits(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="50 metadata keys"):
        shop.customer(metadata={f"k{n}": "v" for n in range(51)})
    with pytest.raises(stripe.InvalidRequestError, match="under 500 characters"):
        shop.customer(metadata={"k": "v" * 501})
    with pytest.raises(stripe.InvalidRequestError, match="under 40 characters") as caught:
        shop.customer(metadata={"k" * 41: "v"})
    assert caught.value.param == f"metadata[{'k' * 41}]"
