"""Keys, versions, errors, idempotency, lists and expansion: how every resource answers."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from sandbox.stripe import Sandbox
from sandbox.stripe.world import API_VERSION
from tests.factories.stripe import Shop


def test_any_test_key_opens_and_no_other(sandbox: Sandbox) -> None:
    opens = "rk" + "_test_" + "abc"
    assert (
        sandbox.http_client().request("get", "/v1/customers", {"Authorization": f"Bearer {opens}"})[1] == 200
    )
    for header in ("", "Bearer pk" + "_test_1234567890", "Bearer sk" + "_live_1234567890", "Basic !!"):
        body, status, _ = sandbox.http_client().request("get", "/v1/customers", {"Authorization": header})
        assert status == 401
        assert "1234567890" not in body
        assert json.loads(body)["error"]["type"] == "invalid_request_error"


def test_an_unknown_address_is_a_404_in_stripes_words(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as caught:
        client.raw_request("get", "/v1/unicorns")
    assert caught.value.http_status == 404


def test_the_version_is_echoed_and_another_is_refused(client: stripe.StripeClient) -> None:
    answer = client.v1.customers.create({})
    assert answer.last_response.headers["stripe-version"] == API_VERSION
    assert answer.last_response.request_id.startswith("req_")
    with pytest.raises(stripe.InvalidRequestError, match=r"speaks 2026-08-26\.dahlia only"):
        client.v1.customers.create({}, {"stripe_version": "2024-06-20"})


def test_something_missing_is_named(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_x'") as caught:
        client.v1.customers.retrieve("cus_x")
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (
        404,
        "resource_missing",
        "id",
    )
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_x'") as caught:
        client.v1.checkout.sessions.create(
            {"mode": "setup", "customer": "cus_x", "success_url": "https://a.example"}
        )
    assert (caught.value.http_status, caught.value.param) == (400, "customer")


def test_the_same_key_and_parameters_replay_the_first_answer(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    first = client.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k"})
    again = client.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k"})
    assert again.id == first.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert again.last_response.headers["original-request"] == first.last_response.request_id
    assert "idempotent-replayed" not in first.last_response.headers
    assert len(sandbox.find("customer")) == 1
    assert sandbox.events.types() == ["customer.created"]


def test_the_same_key_with_other_parameters_is_an_idempotency_error(client: stripe.StripeClient) -> None:
    client.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.customers.create({"email": "b@example.com"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.products.create({"name": "a@example.com"}, {"idempotency_key": "k"})


def test_a_refused_request_does_not_use_its_key_up(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.products.create({}, {"idempotency_key": "k"})
    assert client.v1.products.create({"name": "Pro"}, {"idempotency_key": "k"}).name == "Pro"


def test_a_declined_payment_is_replayed_and_not_tried_again(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    params = {
        "amount": 500,
        "currency": "eur",
        "payment_method": "pm_card_visa_chargeDeclined",
        "confirm": True,
    }
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(params, {"idempotency_key": "k"})
    assert len(sandbox.find("charge")) == 1


def test_a_key_that_is_still_at_work_is_refused_and_works_afterwards(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    with ThreadPoolExecutor(1) as pool, sandbox.world.store.transaction():
        first = pool.submit(client.v1.customers.create, {"name": "once"}, {"idempotency_key": "k"})
        while not sandbox.world.keys_at_work:
            time.sleep(0.001)
        with pytest.raises(stripe.APIError, match="in-progress") as caught:
            client.v1.customers.create({"name": "once"}, {"idempotency_key": "k"})
    assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
    again = client.v1.customers.create({"name": "once"}, {"idempotency_key": "k"})
    assert again.id == first.result().id


def test_a_key_is_forgotten_after_a_day(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    first = client.v1.customers.create({}, {"idempotency_key": "k"})
    sandbox.advance(days=1, seconds=1)
    assert client.v1.customers.create({}, {"idempotency_key": "k"}).id != first.id


def test_the_same_key_from_many_threads_does_the_work_once(sandbox: Sandbox) -> None:
    def create(number: int) -> str:
        client = sandbox.client()
        client.v1.products.create({"name": f"Product {number}"})
        while True:
            try:
                return client.v1.customers.create({"name": "once"}, {"idempotency_key": "k"}).id
            except stripe.APIError as refusal:
                if refusal.http_status != 409:
                    raise
                time.sleep(0.001)

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(create, range(24)))
    assert len(ids) == len(sandbox.find("customer")) == 1
    assert len(sandbox.find("product")) == 24


def test_lists_go_both_ways_newest_first(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({"name": str(n)}).id for n in range(7)][::-1]
    page = client.v1.customers.list({"limit": 3})
    assert ([c.id for c in page.data], page.has_more, page.url) == (made[:3], True, "/v1/customers")
    page = client.v1.customers.list({"limit": 3, "starting_after": made[2]})
    assert ([c.id for c in page.data], page.has_more) == (made[3:6], True)
    page = client.v1.customers.list({"limit": 3, "starting_after": made[5]})
    assert ([c.id for c in page.data], page.has_more) == (made[6:], False)
    page = client.v1.customers.list({"limit": 3, "ending_before": made[4]})
    assert ([c.id for c in page.data], page.has_more) == (made[1:4], True)
    assert [c.id for c in client.v1.customers.list({"limit": 2}).auto_paging_iter()] == made


@pytest.mark.parametrize("limit", [0, 101])
def test_a_limit_out_of_range_is_refused(client: stripe.StripeClient, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid limit"):
        client.v1.customers.list({"limit": limit})


def test_a_cursor_that_does_not_exist_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_x'"):
        client.v1.customers.list({"starting_after": "cus_x"})


def test_lists_filter_by_creation_time(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    client.v1.customers.create({"name": "old"})
    sandbox.advance(days=1)
    boundary = sandbox.now
    client.v1.customers.create({"name": "new"})
    assert [c.name for c in client.v1.customers.list({"created": {"gte": boundary}}).data] == ["new"]
    assert [c.name for c in client.v1.customers.list({"created": {"lt": boundary}}).data] == ["old"]


def test_expansion_fills_in_whole_objects_several_levels_deep(shop: Shop) -> None:
    made = shop.subscribe()
    paths = [
        "customer.invoice_settings.default_payment_method",
        "latest_invoice.payments",
        "items.data.price.product",
    ]
    found = shop.stripe.v1.subscriptions.retrieve(made.id, {"expand": paths})
    assert found.customer.invoice_settings.default_payment_method.card.last4 == "4242"
    assert found.latest_invoice.payments.data[0].status == "paid"
    assert found["items"].data[0].price.product.name == "Pro"
    assert shop.stripe.v1.subscriptions.retrieve(made.id).customer == made.customer


def test_lists_expand_their_entries(shop: Shop) -> None:
    shop.subscribe()
    found = shop.stripe.v1.subscriptions.list({"expand": ["data.customer"]})
    assert found.data[0].customer.email == "ada@example.com"


@pytest.mark.parametrize("path", ["email", "nonsense", "a.b.c.d.e"])
def test_what_can_not_be_expanded_is_refused(shop: Shop, path: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="expand"):
        shop.customer(expand=[path])
