"""The check from outside: it must see every kind of deviation, or it proves nothing."""

import json

import pytest

from sandbox.stripe import Sandbox, answers
from sandbox.stripe.contract import ContractBrokenError, check, check_params
from sandbox.stripe.dispatch import Request, Response
from sandbox.stripe.router import ROUTES
from sandbox.stripe.schema import params_class
from sandbox.stripe.store import Obj
from tests.factories.stripe import Shop


@pytest.fixture
def subscription(sandbox: Sandbox, shop: Shop) -> Obj:
    shop.subscribe()
    return sandbox.find("subscription")[0]


def test_a_sound_object_has_no_faults(subscription: Obj) -> None:
    assert answers.faults(subscription) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("status",), "asleep"),
        (("created",), "yesterday"),
        (("cancel_at_period_end",), 1),
        (("current_period_end",), 5),
        (("customer",), 7),
        (("discounts",), {}),
        (("metadata",), []),
        (("items", "data", 0, "price", "recurring", "interval"), "fortnight"),
        (("items", "data", 0, "price", "unit_amount"), "1900"),
        (("items", "data", 0, "price", "unit_amount_decimal"), 1900),
        (("automatic_tax", "colour"), "red"),
        (("billing_mode",), "flexible"),
        (("default_payment_method",), {"object": "mystery"}),
    ],
)
def test_a_wrong_value_is_a_fault(subscription: Obj, path: tuple[str | int, ...], value: object) -> None:
    node = subscription
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert len(answers.faults(subscription)) == 1


@pytest.mark.parametrize("field", ["status", "items", "start_date", "billing_mode"])
def test_a_missing_field_is_a_fault(subscription: Obj, field: str) -> None:
    del subscription[field]
    assert answers.faults(subscription) == [f"subscription.{field}: Subscription always has this field"]


def test_an_event_type_stripe_does_not_send_is_a_fault(sandbox: Sandbox, shop: Shop) -> None:
    shop.customer()
    event = sandbox.find("event")[0] | {"type": "customer.applauded"}
    assert "'customer.applauded' is not one of" in answers.faults(event)[0]


@pytest.mark.parametrize(
    "form",
    [
        {"currency": "eur", "colour": "red"},
        {"unit_amount": "5"},
        {"currency": "eur", "unit_amount": "five"},
        {"currency": "eur", "recurring": {"interval": "decade"}},
        {"currency": "eur", "recurring": {"interval": "month", "pace": "fast"}},
        {"currency": "eur", "tiers": {"0": {"colour": "red", "up_to": "inf"}}},
    ],
)
def test_parameters_stripe_would_refuse_are_caught(form: dict) -> None:
    with pytest.raises(ContractBrokenError):
        check_params("PriceCreateParams", form)


def test_parameters_stripe_takes_pass() -> None:
    tiers = {"0": {"up_to": "inf", "unit_amount": "5"}}
    check_params("PriceCreateParams", {"currency": "eur", "metadata": {"a": "b"}, "tiers": tiers})


def test_an_answer_without_a_route_or_of_a_wrong_shape_breaks_the_contract(subscription: Obj) -> None:
    with pytest.raises(ContractBrokenError, match="without a route"):
        check(Request("GET", "/v1/unicorns"), Response(200, "{}", {}))
    body = json.dumps(subscription | {"colour": "red"})
    with pytest.raises(ContractBrokenError, match="has no such field"):
        check(Request("GET", "/v1/subscriptions/sub_1"), Response(200, body, {}))


def test_every_route_names_a_parameter_class_of_stripe_python() -> None:
    names = [(entry.method, entry.template) for entry in ROUTES]
    assert len(names) == len(set(names))
    for entry in ROUTES:
        assert params_class(entry.schema), entry
