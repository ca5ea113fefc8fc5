"""Payment methods: seen, added, chosen, removed; the last one of a running plan stays."""

import pytest
from django.test import Client

from billing.customers.services import ensure_customer
from billing.subscriptions.services import reconcile_customer
from sandbox.stripe import Sandbox
from tests.billing.subscriptions.conftest import customer, subscribe
from tests.factories.billing import UserFactory

__all__ = ["customer", "subscribe"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(customer) -> Client:
    client = Client()
    client.force_login(customer.user)
    return client


def words(client: Client, path: str = "/billing/methods/") -> str:
    return client.get(path).content.decode()


def attached(stripe: Sandbox, customer) -> dict[str, str]:
    methods = stripe.client().v1.payment_methods.list({"customer": customer.stripe_id}).data
    return {method.card.last4: method.id for method in methods}


def add(stripe: Sandbox, payer: Client, card: str = "5555555555554444") -> str:
    """Go to Stripe's page, type in a card there, come back; gives the session."""
    payer.post("/billing/methods/add/")
    session = stripe.find("checkout.session")[-1]["id"]
    stripe.complete_checkout(session, card=card)
    return session


def test_a_method_is_added_on_stripes_page_and_counts_from_then_on(
    stripe, customer, payer, subscribe, publish
):
    made = subscribe(publish("cutter", 3600))
    reconcile_customer(customer_id=customer.pk)
    session = add(stripe, payer)

    for _ in range(2):
        page = payer.get(f"/billing/methods/added/?session_id={session}", follow=True).content.decode()

    assert "Mastercard ending in 4444" in page
    assert page.index("4444") < page.index("4242")
    assert (
        stripe.client().v1.subscriptions.retrieve(made.id).default_payment_method
        == attached(stripe, customer)["4444"]
    )


def test_who_comes_back_without_a_card_has_changed_nothing(stripe, payer):
    payer.post("/billing/methods/add/")
    session = stripe.find("checkout.session")[-1]["id"]

    page = payer.get(f"/billing/methods/added/?session_id={session}", follow=True).content.decode()

    assert "No payment method was added" in page


def test_another_method_can_be_made_the_default_and_back_again(stripe, customer, payer):
    add(stripe, payer)
    ids = attached(stripe, customer)
    for last4 in ("4444", "4242", "4444"):
        payer.post(f"/billing/methods/{ids[last4]}/default/")
        page = words(payer)
        assert page.index("Default") < page.index("Make default")
        assert page.index(last4) < page.index("Make default")


def test_the_last_method_of_a_running_plan_stays(stripe, customer, payer, subscribe, publish):
    subscribe(publish("cutter", 3600))
    reconcile_customer(customer_id=customer.pk)
    [method] = attached(stripe, customer).values()

    page = payer.post(f"/billing/methods/{method}/remove/", follow=True).content.decode()

    assert "Add another one first" in page
    assert attached(stripe, customer)


def test_the_one_that_pays_stays_until_another_is_the_default(stripe, customer, payer, subscribe, publish):
    subscribe(publish("cutter", 3600))
    reconcile_customer(customer_id=customer.pk)
    payer.get(f"/billing/methods/added/?session_id={add(stripe, payer)}")
    ids = attached(stripe, customer)

    page = payer.post(f"/billing/methods/{ids['4444']}/remove/", follow=True).content.decode()
    assert "Make another one the default first" in page
    payer.post(f"/billing/methods/{ids['4242']}/remove/")
    assert set(attached(stripe, customer)) == {"4444"}


def test_without_a_plan_every_method_may_go(stripe, customer, payer):
    [method] = attached(stripe, customer).values()
    payer.post(f"/billing/methods/{method}/remove/")

    assert "No payment method yet" in words(payer)
    assert payer.post(f"/billing/methods/{method}/remove/").status_code == 404


def test_nobody_touches_somebody_elses_method_or_session(stripe, customer, payer):
    theirs = attached(stripe, customer)["4242"]
    session = add(stripe, payer)
    stranger = Client()
    other = ensure_customer(user=UserFactory())
    stranger.force_login(other.user)

    for verb in ("default", "remove"):
        assert stranger.post(f"/billing/methods/{theirs}/{verb}/").status_code == 404
    assert stranger.get(f"/billing/methods/added/?session_id={session}").status_code == 404
    assert "4242" not in words(stranger)
    assert set(attached(stripe, customer)) == {"4242", "4444"}


@pytest.mark.parametrize("name", ["x", "pm_nobody", "%00", "a" * 300])
def test_what_does_not_exist_is_not_found(payer, name):
    assert payer.post(f"/billing/methods/{name}/default/").status_code == 404
    assert payer.get(f"/billing/methods/added/?session_id={name}").status_code == 404


def test_without_stripe_the_page_says_so(stripe, payer):
    stripe.fail("500", path="/v1/payment_methods", times=9)

    assert "cannot be shown right now" in words(payer)


def test_somebody_who_never_paid_is_led_to_the_plans():
    client = Client()
    client.force_login(UserFactory())

    assert "No payment method yet" in words(client)
    assert client.post("/billing/methods/add/").url == "/pricing/"
