"""An account is closed by its owner, kept for fourteen days, then nothing names them but the books."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from billing.actors import acting
from billing.api import forget_in_audit_log
from billing.audits.models import AuditEntry
from billing.customers.services import ensure_customer
from billing.models import Notice, Subscription
from billing.subscriptions.services import reconcile_customer
from members.closing import UNDO
from members.models import CustomUser
from members.roles import BILLING_ADMINS
from members.tasks import close_due_accounts
from tests.billing.conftest import publish, stripe
from tests.factories.billing import FeatureFactory, InvoiceFactory
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


def test_the_audit_log_keeps_what_was_done_and_lets_go_of_the_address(
    browser_of_person, person, subscription
):
    email = person.email
    browser_of_person.post(CLOSE)
    browser_of_person.post(f"{CLOSE}undo/")
    person.email = "lovelace@example.com"  # who changed their address is named by both
    person.save()
    EmailAddress.objects.filter(user=person).update(email=person.email)
    browser_of_person.post(CLOSE)
    entries = AuditEntry.objects.filter(kind__in=["subscription", "cancellation"])
    kept = sorted(entries.values_list("pk", "kind", "operation", "at"))
    days_pass(person)

    assert set(kept) <= set(entries.values_list("pk", "kind", "operation", "at"))
    assert entries.filter(user_id=person.pk, user_email=f"closed-{person.pk}@closed.invalid").exists()
    written = " ".join(
        f"{entry.label} {entry.user_email} {entry.words}" for entry in AuditEntry.objects.all()
    )
    assert email not in written
    assert "lovelace@example.com" not in written
    assert f"closed-{person.pk}@closed.invalid" in written


def test_the_audit_log_forgets_nobody_whose_account_is_open(browser_of_person, person, subscription):
    browser_of_person.post(CLOSE)
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        forget_in_audit_log(user_id=person.pk, email=person.email)
    assert AuditEntry.objects.filter(user_email=person.email).exists()


def test_an_address_that_ends_like_a_forgotten_one_stays(stripe):
    person = PersonFactory(email="da@example.com")
    PersonFactory(email="ada@example.com")
    for email in ("da@example.com", "ada@example.com", "da@example.com.au"):
        with acting(user=person, why=f"Told {email}"):
            FeatureFactory()
    CustomUser.objects.filter(pk=person.pk).update(closed_at=timezone.now())
    forget_in_audit_log(user_id=person.pk, email=person.email)

    alias = f"closed-{person.pk}@closed.invalid"
    told = list(AuditEntry.objects.order_by("pk").values_list("user_email", "why"))
    assert told == [
        (alias, f"Told {alias}"),
        (alias, "Told ada@example.com"),
        (alias, "Told da@example.com.au"),
    ]


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
