"""A plan is ended with its period, or kept after all; each once, and nothing more is charged."""

import pytest
from django.test import Client

from billing.audits.models import AuditEntry
from billing.checkout.leaving_settings import LeavingSettings
from billing.checkout.models import Departure
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from members.roles import BILLING_ADMINS
from sandbox.stripe import Sandbox
from tests.billing.admin.conftest import signed_in
from tests.billing.subscriptions.conftest import customer, subscribe

__all__ = ["customer", "subscribe"]

pytestmark = pytest.mark.django_db

LEAVE = "/billing/cancel/"


@pytest.fixture
def payer(customer, subscribe, publish) -> Client:
    """A customer with a plan."""
    subscribe(publish("cutter", 3600))
    reconcile_customer(customer_id=customer.pk)
    client = Client()
    client.force_login(customer.user)
    return client


def allow_at_once() -> None:
    settings = LeavingSettings.load()
    settings.may_end_at_once = True
    settings.save()


def paid(stripe: Sandbox, customer) -> int:
    return len(stripe.client().v1.charges.list({"customer": customer.stripe_id, "limit": 100}).data)


def test_the_page_says_what_happens_and_asks_why(payer):
    settings = LeavingSettings.load()
    settings.offer_title, settings.offer_text = "Before you go", "Half the price for three months."
    settings.save()
    page = payer.get(LEAVE).content.decode()

    for words in ("nothing more is charged", "It costs too much", "Half the price for three months."):
        assert words in page
    assert "At once" not in page


def test_the_plan_stays_open_until_the_paid_time_is_over_and_is_not_charged_again(stripe, customer, payer):
    answer = payer.post(LEAVE, {"reason": "I miss something", "comment": "Charts"})

    assert answer.url == "/billing/"
    subscription = Subscription.objects.get()
    assert (subscription.status, subscription.cancel_at) == ("active", subscription.current_period_end)
    assert "Your plan ends on" in payer.get("/billing/").content.decode()
    departure = Departure.objects.get()
    assert (departure.reason, departure.comment, departure.status) == ("I miss something", "Charts", "done")
    stripe.advance(days=40)
    assert paid(stripe, customer) == 1


def test_it_can_be_kept_until_then_as_often_as_one_likes(stripe, customer, payer):
    for _ in range(2):
        payer.post(LEAVE, {"comment": ""})
        assert Subscription.objects.get().cancel_at
        payer.post("/billing/keep/")
        payer.post("/billing/keep/")
        assert Subscription.objects.get().cancel_at is None
    stripe.advance(days=32)

    assert paid(stripe, customer) == 2
    assert Departure.objects.filter(stayed_at=None).count() == 0


def test_a_double_click_cancels_once(payer):
    for _ in range(3):
        assert payer.post(LEAVE, {"comment": ""}).status_code in {302, 303}

    assert Departure.objects.count() == 1


def test_a_lost_answer_is_repeated(stripe, payer):
    stripe.fail("reset", path="/v1/subscriptions", when="after", times=3)
    payer.post(LEAVE, {"comment": ""})
    payer.post(LEAVE, {"comment": ""})

    assert Departure.objects.get().status == "done"
    assert Subscription.objects.get().cancel_at


def test_ending_at_once_is_for_sites_that_allow_it(stripe, payer):
    payer.post(LEAVE, {"comment": "", "when": "now"})
    assert Subscription.objects.get().status == "active"
    payer.post("/billing/keep/")

    allow_at_once()
    assert "At once" in payer.get(LEAVE).content.decode()
    payer.post(LEAVE, {"comment": "", "when": "now"})
    assert Subscription.objects.get().status == "canceled"


def test_what_makes_no_sense_is_said_and_changes_nothing(payer):
    assert payer.post(LEAVE, {"reason": "x" * 500}).status_code == 422
    assert payer.post(LEAVE, {"comment": "x" * 3000}).status_code == 422
    assert not Departure.objects.exists()


def test_who_left_is_asked_back(stripe, customer, payer):
    allow_at_once()
    payer.post(LEAVE, {"comment": "", "when": "now"})

    assert "Everything you had is still here" in payer.get("/billing/").content.decode()


def test_admins_read_why(payer):
    payer.post(LEAVE, {"reason": "It costs too much", "comment": ""})

    page = signed_in(BILLING_ADMINS).get("/admin/billing/cancellations/").content.decode()
    assert "It costs too much" in page


def test_admins_edit_what_who_leaves_is_asked():
    client = signed_in(BILLING_ADMINS)
    page = client.get("/admin/settings/billing/leavingsettings/", follow=True).content.decode()

    assert "One per line" in page


def test_a_cancellation_is_on_record_with_whose_it_is(customer, payer):
    payer.post(LEAVE, {"comment": ""})

    entry = AuditEntry.objects.filter(kind="cancellation", operation="insert").get()
    assert entry.label == customer.user.email
