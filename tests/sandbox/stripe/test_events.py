"""Events and webhooks: what is said, to whom, signed how, and what happens when nobody listens."""

import json
import random
import time

import pytest
import stripe

from sandbox.stripe import Sandbox
from sandbox.stripe.delivery import BACK_OFF
from sandbox.stripe.world import API_VERSION
from tests.factories.stripe import Shop


class Receiver:
    """An endpoint that notes what it gets and answers what it is told to."""

    def __init__(self, secret: str, status: int = 200) -> None:
        self.secret = secret
        self.status = status
        self.events: list[stripe.Event] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.events.append(stripe.Webhook.construct_event(body, headers["Stripe-Signature"], self.secret))
        return self.status

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]


def endpoint(client: stripe.StripeClient, *events: str, **params: object) -> stripe.WebhookEndpoint:
    """A registered endpoint for these event types, all of them by default."""
    url = "http://127.0.0.1:9/stripe/webhook/"
    return client.v1.webhook_endpoints.create({"url": url, "enabled_events": list(events) or ["*"], **params})


def test_the_secret_is_shown_once(client: stripe.StripeClient) -> None:
    made = endpoint(client, api_version=API_VERSION, description="site")
    assert made.secret.startswith("whsec_")
    found = client.v1.webhook_endpoints.retrieve(made.id)
    assert "secret" not in found.to_dict()
    assert (found.status, found.api_version, found.enabled_events) == ("enabled", API_VERSION, ["*"])
    assert "secret" not in client.v1.webhook_endpoints.list().data[0].to_dict()


def test_an_endpoint_can_be_changed_switched_off_and_deleted(client: stripe.StripeClient) -> None:
    made = endpoint(client)
    changes = {"url": "http://127.0.0.1:9/other/", "enabled_events": ["invoice.paid"], "disabled": True}
    changed = client.v1.webhook_endpoints.update(made.id, changes)
    assert (changed.url, changed.status) == ("http://127.0.0.1:9/other/", "disabled")
    assert client.v1.webhook_endpoints.delete(made.id).deleted
    assert client.v1.webhook_endpoints.list().data == []


@pytest.mark.parametrize("url", ["ftp://a.example", "no address", "http://"])
def test_an_address_nobody_can_call_is_refused(client: stripe.StripeClient, url: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Not a valid URL"):
        client.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})


def test_an_event_name_stripe_does_not_know_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="enabled_events"):
        endpoint(client, "invoice.eaten")


def test_webhooks_are_signed_and_carry_the_endpoints_version(sandbox: Sandbox, shop: Shop) -> None:
    receiver = Receiver(endpoint(shop.stripe, api_version=API_VERSION).secret)
    customer = shop.customer()
    sandbox.deliver(receiver)
    event = receiver.events[0]
    assert (event.type, event.api_version, event.data.object.id) == (
        "customer.created",
        API_VERSION,
        customer.id,
    )
    assert event["request"].id == customer.last_response.request_id
    assert shop.stripe.v1.events.retrieve(event.id).pending_webhooks == 0


def test_another_secret_does_not_open_the_signature(sandbox: Sandbox, shop: Shop) -> None:
    endpoint(shop.stripe)
    shop.customer()
    with pytest.raises(stripe.SignatureVerificationError):
        sandbox.deliver(Receiver("whsec_" + "x" * 32))


def test_an_endpoint_gets_what_it_asked_for_and_only_from_then_on(sandbox: Sandbox, shop: Shop) -> None:
    shop.customer()
    receiver = Receiver(endpoint(shop.stripe, "customer.deleted").secret)
    shop.stripe.v1.customers.delete(shop.customer().id)
    sandbox.deliver(receiver)
    assert receiver.types == ["customer.deleted"]


def test_what_was_not_taken_stays_pending_and_is_tried_again(sandbox: Sandbox, shop: Shop) -> None:
    receiver = Receiver(endpoint(shop.stripe).secret, status=500)
    shop.customer()
    first = sandbox.deliver(receiver)
    assert [(r.delivered, r.status) for r in first] == [(False, 500)]
    assert [event["type"] for event in sandbox.events.pending()] == ["customer.created"]
    receiver.status = 200
    assert [r.delivered for r in sandbox.deliver(receiver)] == [True]
    assert (sandbox.events.pending(), sandbox.deliver(receiver)) == ([], [])
    assert [d.attempts for d in sandbox.deliveries()] == [2]


def test_retries_back_off_and_end(sandbox: Sandbox, shop: Shop) -> None:
    receiver = Receiver(endpoint(shop.stripe).secret, status=503)
    shop.customer()
    for wait in BACK_OFF:
        sandbox.deliver(receiver)
        planned = sandbox.deliveries()[0].next_at - time.time()
        assert wait - 5 < planned <= wait
    sandbox.deliver(receiver)
    assert sandbox.deliveries()[0].state == "failed"
    assert sandbox.events.due(time.time() + 10**6) == []


def test_an_endpoint_nobody_listens_at_is_noted_not_raised(sandbox: Sandbox, shop: Shop) -> None:
    endpoint(shop.stripe)
    shop.customer()
    received = sandbox.deliver()
    assert (received[0].delivered, received[0].status) == (False, None)
    assert "refused" in (received[0].error or "")


def test_an_address_with_an_impossible_port_is_noted_not_raised(sandbox: Sandbox, shop: Shop) -> None:
    url = "http://127.0.0.1:99999/"
    shop.stripe.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})
    shop.customer()
    assert [received.delivered for received in sandbox.deliver()] == [False]


def test_webhooks_never_leave_this_machine(sandbox: Sandbox, shop: Shop) -> None:
    url = "https://shop.example/hook"
    shop.stripe.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})
    shop.customer()
    assert "this machine only" in (sandbox.deliver()[0].error or "")


def test_webhooks_can_come_twice_shuffled_or_never(sandbox: Sandbox, shop: Shop) -> None:
    receiver = Receiver(endpoint(shop.stripe).secret)
    shop.subscribe()
    everything = shop.types()
    shuffle = random.Random(3)  # noqa: S311
    sandbox.deliver(receiver, duplicate=2, shuffle=shuffle, lose=lambda e: e["type"] == "invoice.paid")
    assert receiver.types != sorted(receiver.types, key=everything.index)
    kept = [name for name in everything if name != "invoice.paid"]
    assert sorted(receiver.types) == sorted(kept * 2)
    assert sandbox.events.pending() == []


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [("none", ["a", "b", "c"]), ("twice", ["a", "a", "b", "b", "c", "c"]), ("late", []), ("lost", [])],
)
def test_the_server_carries_webhooks_as_the_trouble_set_says(
    sandbox: Sandbox, shop: Shop, trouble: str, expected: list[str]
) -> None:
    receiver = Receiver(endpoint(shop.stripe).secret)
    for name in "abc":
        shop.customer(name=name)
    sandbox.events.trouble = trouble
    list(sandbox.events.carry(sandbox.events.due(), receiver))
    assert [event.data.object.name for event in receiver.events] == expected
    left = {"none": 0, "twice": 0, "late": 3, "lost": 0}[trouble]
    assert len(sandbox.events.pending()) == left
    list(sandbox.events.carry(sandbox.events.due(time.time() + 11), receiver))
    assert len(receiver.events) == len(expected) + left


def test_shuffled_webhooks_all_arrive(sandbox: Sandbox, shop: Shop) -> None:
    receiver = Receiver(endpoint(shop.stripe).secret)
    shop.subscribe()
    sandbox.events.trouble = "shuffled"
    list(sandbox.events.carry(sandbox.events.due(), receiver))
    assert sorted(receiver.types) == sorted(shop.types())


def test_a_lost_event_can_still_be_read_and_sent_again(sandbox: Sandbox, shop: Shop) -> None:
    receiver = Receiver(endpoint(shop.stripe).secret)
    shop.customer()
    sandbox.deliver(receiver, lose=lambda _: True)
    lost = shop.stripe.v1.events.list({"type": "customer.created"}).data[0]
    sandbox.events.resend(lost.id, receiver)
    assert [event.id for event in receiver.events] == [lost.id]


def test_events_list_by_a_pattern(shop: Shop) -> None:
    shop.subscribe()
    found = shop.stripe.v1.events.list({"type": "customer.subscription.*"}).data
    assert {event.type for event in found} == {
        "customer.subscription.created",
        "customer.subscription.updated",
    }
    assert shop.stripe.v1.events.list({"types": ["invoice.paid", "nothing.*"]}).data[0].type == "invoice.paid"
    assert shop.stripe.v1.events.list({"type": "nothing.*"}).data == []


def test_events_list_by_type(shop: Shop) -> None:
    shop.subscribe()
    listed = shop.stripe.v1.events.list({"types": ["invoice.paid", "invoice.created"]}).data
    assert [event.type for event in listed] == ["invoice.paid", "invoice.created"]
    assert shop.stripe.v1.events.list({"delivery_success": False}).data == []


def test_an_event_is_a_snapshot_not_the_present(shop: Shop) -> None:
    customer = shop.customer(name="Before")
    shop.stripe.v1.customers.update(customer.id, {"name": "After"})
    created, updated = shop.stripe.v1.events.list({}).data[::-1]
    assert (created.data.object.name, updated.data.object.name) == ("Before", "After")
    assert json.loads(json.dumps(updated.data.previous_attributes.to_dict())) == {"name": "Before"}


def test_an_event_names_the_idempotency_key_of_its_request(shop: Shop) -> None:
    shop.stripe.v1.customers.create({}, {"idempotency_key": "order-7"})
    assert shop.stripe.v1.events.list({}).data[0]["request"].idempotency_key == "order-7"


def test_a_rolled_secret_signs_beside_the_old_one_until_that_is_dropped(sandbox: Sandbox, shop: Shop) -> None:
    made = endpoint(shop.stripe)
    old, new = Receiver(made.secret), Receiver(sandbox.roll_secret(made.id))
    shop.customer()
    sandbox.deliver(old)
    sandbox.events.resend(old.events[0].id, new)
    assert old.events[0].id == new.events[0].id
    sandbox.drop_old_secrets(made.id)
    sandbox.events.resend(old.events[0].id, new)
    with pytest.raises(stripe.SignatureVerificationError):
        sandbox.events.resend(old.events[0].id, old)
