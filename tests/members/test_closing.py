"""An account is closed by its owner, kept for fourteen days, then nothing names them but the books."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from billing.customers.services import ensure_customer
from billing.models import Notice, Subscription
from billing.subscriptions.services import reconcile_customer
from members.closing import UNDO
from members.models import CustomUser
from members.roles import BILLING_ADMINS
from members.tasks import close_due_accounts
from tests.billing.conftest import publish, stripe
from tests.factories.billing import InvoiceFactory
from tests.factories.members import PASSWORD, PersonFactory, person_in, sign_in

__all__ = ["publish", "stripe"]

pytestmark = pytest.mark.django_db

CLOSE = "/dashboard/settings/close/"


@pytest.fixture
def person(stripe) -> CustomUser:
    cache.clear()
    return PersonFactory(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def browser_of_person(person) -> Client:
    client = Client()
    sign_in(client, person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def subscription(stripe, person, publish) -> Subscription:
    customer = ensure_customer(user=person)
    client = stripe.client().v1
    card = client.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    client.subscriptions.create(
        {
            "customer": customer.stripe_id,
            "items": [{"price": publish("cutter", 3600).stripe_price_id}],
            "default_payment_method": card.id,
        }
    )
    reconcile_customer(customer_id=customer.pk)
    return Subscription.objects.get()


def days_pass(person: CustomUser) -> None:
    CustomUser.objects.filter(pk=person.pk).update(closing_at=timezone.now() - timedelta(minutes=1))
    close_due_accounts(0)
    person.refresh_from_db()


def test_the_page_says_what_ends_and_what_is_kept(browser_of_person):
    page = browser_of_person.get(CLOSE).content.decode()

    for words in ("Nothing more is charged", "14 days", "What the law wants us to keep"):
        assert words in page


def test_closing_begins_fourteen_days_and_ends_the_plan_with_its_period(
    browser_of_person, person, subscription
):
    for _ in range(2):
        browser_of_person.post(CLOSE)

    person.refresh_from_db()
    subscription.refresh_from_db()
    assert timedelta() < person.closing_at - timezone.now() <= UNDO
    assert subscription.cancel_at == subscription.current_period_end
    assert Notice.objects.filter(topic="account_closing").count() == 1
    assert "Your account closes on" in browser_of_person.get("/dashboard/").content.decode()


def test_it_can_be_undone_and_the_plan_goes_on(browser_of_person, person, subscription):
    browser_of_person.post(CLOSE)
    browser_of_person.post(f"{CLOSE}undo/")

    person.refresh_from_db()
    subscription.refresh_from_db()
    assert (person.closing_at, subscription.cancel_at) == (None, None)


def test_after_fourteen_days_nothing_names_the_person_and_the_books_stay(
    browser_of_person, person, subscription, stripe
):
    email = person.email
    invoice = InvoiceFactory(customer=subscription.customer)
    browser_of_person.post(CLOSE)
    days_pass(person)

    subscription.refresh_from_db()
    assert subscription.status == "canceled"
    assert stripe.client().v1.payment_methods.list({"customer": subscription.customer.stripe_id}).data == []
    assert (person.is_active, person.first_name, person.last_name) == (False, "", "")
    assert email not in person.email
    assert not EmailAddress.objects.filter(user=person).exists()
    assert not UserSession.objects.filter(user=person).exists()
    assert not Notice.objects.filter(user=person).exists()
    invoice.refresh_from_db()
    assert invoice.customer == subscription.customer
    assert browser_of_person.get("/dashboard/").status_code == 302
    assert Client().post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code != 302


def test_without_stripe_the_account_waits_for_the_next_night(person, subscription, stripe, browser_of_person):
    browser_of_person.post(CLOSE)
    stripe.fail("500", path="/v1/subscriptions", times=9)
    days_pass(person)

    assert person.is_active
    assert person.first_name == "Ada"


def test_somebody_who_runs_the_site_is_not_closed():
    admin = person_in(BILLING_ADMINS)
    client = Client()
    sign_in(client, admin)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post(CLOSE)

    admin.refresh_from_db()
    assert admin.closing_at is None


def test_a_session_that_was_left_open_gives_the_password_first(person):
    client = Client()
    client.force_login(person)

    assert "/accounts/reauthenticate/" in client.post(CLOSE).url
    person.refresh_from_db()
    assert person.closing_at is None
