"""One payer per person, whoever asks at the same time."""

import threading

import pytest
from django.db import connection as database
from djstripe.models import APIKey
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer, tell_stripe_email
from billing.gateway.errors import StripeUnavailable
from billing.subscriptions.services import reconcile_customer
from tests.factories.billing import UserFactory

pytestmark = pytest.mark.django_db


def test_the_first_need_makes_the_customer_at_stripe_and_the_second_finds_it(stripe):
    user = UserFactory()
    customer = ensure_customer(user=user)
    assert ensure_customer(user=type(user).objects.get(pk=user.pk)) == customer
    [at_stripe] = stripe.find("customer")
    assert (at_stripe["id"], at_stripe["email"]) == (customer.stripe_id, user.email)


def test_an_answer_that_got_lost_makes_no_second_customer(stripe):
    user = UserFactory()
    stripe.fail("reset", path="/v1/customers", when="after", times=3)
    with pytest.raises(StripeUnavailable):
        ensure_customer(user=user)
    assert ensure_customer(user=user).stripe_id == stripe.find("customer")[0]["id"]
    assert len(stripe.find("customer")) == 1


def test_an_address_that_changed_before_the_retry_does_not_stand_in_its_way(stripe):
    user = UserFactory()
    stripe.fail("reset", path="/v1/customers", when="after", times=3)
    with pytest.raises(StripeUnavailable):
        ensure_customer(user=user)
    user.email = "new@example.com"
    user.save()
    ensure_customer(user=user)
    assert [one["email"] for one in stripe.find("customer")] == ["new@example.com"]


def test_a_changed_address_reaches_stripe_by_a_job(stripe):
    customer = ensure_customer(user=UserFactory())
    customer.user.email = "moved@example.com"
    customer.user.save(update_fields=["email"])
    job = ProcrastinateJob.objects.get(task_name__endswith="send_email_to_stripe")
    tell_stripe_email(**job.args)
    assert stripe.find("customer")[0]["email"] == "moved@example.com"
    customer.refresh_from_db()
    assert customer.stripe_email == "moved@example.com"


def test_other_changes_of_a_person_concern_nobody_at_stripe(stripe):
    customer = ensure_customer(user=UserFactory())
    customer.user.save(update_fields=["last_login"])
    customer.user.save()
    UserFactory().save()
    assert not ProcrastinateJob.objects.exists()
    before = stripe.events.types()
    tell_stripe_email(customer_id=customer.pk)
    assert stripe.events.types() == before


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_get_one_customer(stripe):
    user = UserFactory()
    found, barrier = [], threading.Barrier(2)

    def need() -> None:
        barrier.wait()
        found.append(ensure_customer(user=type(user).objects.get(pk=user.pk)).stripe_id)
        database.close()

    threads = [threading.Thread(target=need) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == len(stripe.find("customer")) == StripeCustomer.objects.count() == 1


def test_djstripes_copy_belongs_to_the_person_and_holds_no_key(stripe):
    user = UserFactory()
    customer = ensure_customer(user=user)
    copy = customer.djstripe_customer
    assert (copy.id, copy.subscriber, copy.email) == (customer.stripe_id, user, user.email)
    assert copy.stripe_data["metadata"] == {"reference": str(customer.reference)}
    assert not APIKey.objects.exists()


def test_djstripes_copy_follows_what_stripe_says(stripe):
    customer = ensure_customer(user=UserFactory())
    stripe.client().v1.customers.update(customer.stripe_id, {"name": "Ada"})
    reconcile_customer(customer_id=customer.pk)
    customer.djstripe_customer.refresh_from_db()
    assert customer.djstripe_customer.stripe_data["name"] == "Ada"
