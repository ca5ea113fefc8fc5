"""A renewal fails: the customer hears of each step, has a way to pay, and gets everything back by paying."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.api import check
from billing.invoices.models import Invoice
from billing.invoices.pay_links import LINK_DAYS, pay_link
from billing.invoices.reminders import remind_customers
from billing.invoices.services import refresh_invoices
from billing.notices.models import Notice
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from sandbox.stripe import Sandbox
from tests.factories.billing import InvoiceFactory, PriceFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

FAILS = "pm_card_chargeCustomerFail"
ASKS = "pm_card_authenticationRequired"


@pytest.fixture
def today(stripe: Sandbox, monkeypatch):
    """Our clock follows the sandbox's."""
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(stripe.now, tz=UTC))


@pytest.fixture
def renew(stripe: Sandbox, customer, subscribe, publish):
    """Subscribes with a good card, and lets the renewal meet another one."""

    def fail(card: str = FAILS) -> None:
        client = stripe.client().v1
        subscribe(publish("cutter", 3600, grace_days=7, features={"exports": None}))
        catch_up(customer)
        use(client, customer, card)
        stripe.advance(to=Subscription.objects.get().current_period_end + timedelta(hours=3))
        catch_up(customer)

    return fail


def use(client, customer, card: str) -> None:
    method = client.payment_methods.attach(card, {"customer": customer.stripe_id})
    client.customers.update(customer.stripe_id, {"invoice_settings": {"default_payment_method": method.id}})


def catch_up(customer) -> None:
    reconcile_customer(customer_id=customer.pk)
    refresh_invoices(customer_id=customer.pk)


def told(*topics: str) -> list[str]:
    return list(Notice.objects.filter(topic__in=topics).order_by("pk").values_list("topic", flat=True))


STEPS = ("payment_failed", "action_required", "grace_ending", "plan_closed")


def test_each_step_is_told_once_and_the_plan_closes_when_the_grace_is_over(
    stripe: Sandbox, today, customer, renew
):
    renew()
    assert told(*STEPS) == ["payment_failed"]
    assert check(customer, "exports").allowed

    told_by_day = []
    for _ in range(8):
        stripe.advance(days=1)
        catch_up(customer)
        remind_customers()
        remind_customers()
        told_by_day.append((check(customer, "exports").allowed, tuple(told(*STEPS)[1:])))

    assert told_by_day[4] == (True, ())
    assert told_by_day[5] == (True, ("grace_ending",))
    assert told_by_day[7] == (False, ("grace_ending", "plan_closed"))


def test_paying_restores_at_once_and_nothing_was_deleted(stripe: Sandbox, today, customer, renew):
    renew()
    stripe.advance(days=8)
    catch_up(customer)
    assert not check(customer, "exports").allowed

    waiting = Invoice.objects.get(status="open")
    stripe.client().v1.invoices.pay(waiting.stripe_id, {"payment_method": "pm_card_visa"})
    catch_up(customer)

    customer.refresh_from_db()
    assert check(customer, "exports").allowed
    assert Subscription.objects.get().status == "active"


def test_a_bank_that_wants_the_customer_has_a_mail_of_its_own(stripe: Sandbox, today, customer, renew):
    renew(ASKS)

    assert told(*STEPS) == ["action_required"]


def test_the_banner_says_until_when_and_leads_to_the_payment(stripe: Sandbox, today, customer, renew):
    renew()
    client = Client()
    client.force_login(customer.user)
    page = client.get("/billing/").content.decode()
    waiting = Invoice.objects.get(status="open")

    assert "A payment failed" in page
    assert f'href="/billing/invoices/{waiting.pk}/"' in page
    stripe.advance(days=9)
    assert "Cutter is closed until the open invoice is paid" in client.get("/billing/").content.decode()


def test_the_link_in_the_mail_pays_without_a_sign_in(stripe: Sandbox, today, customer, renew):
    renew()
    link = Notice.objects.get(topic="payment_failed").url
    stranger = Client()

    page = stranger.get(link).content.decode()
    assert "€36.00 to pay" in page
    assert customer.user.email not in page
    assert "/invoice/" in stranger.post(link).url

    waiting = Invoice.objects.get(status="open")
    stripe.client().v1.invoices.pay(waiting.stripe_id, {"payment_method": "pm_card_visa"})
    refresh_invoices(customer_id=customer.pk)
    assert "Nothing is left to pay" in stranger.get(link).content.decode()


def test_the_link_expires(monkeypatch):
    link = pay_link(InvoiceFactory())
    later = timezone.now().timestamp() + (LINK_DAYS * 24 + 1) * 3600
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("token", ["x", "1:2:3", "%00", "a" * 3000])
def test_a_forged_link_opens_nothing(token):
    assert Client().get(f"/billing/pay/{token}/").status_code == 410
    assert Client().post(f"/billing/pay/{token}/").status_code == 410


@pytest.mark.parametrize(
    ("left", "topics"),
    [
        (timedelta(days=4), []),
        (timedelta(days=2, hours=20), ["trial:3"]),
        (timedelta(hours=20), ["trial:1"]),
        (-timedelta(hours=1), []),
    ],
)
def test_a_trial_is_told_of_three_days_and_one_day_before_it_ends(left, topics):
    SubscriptionFactory(status="trialing", trial_end=timezone.now() + left)
    for _ in range(2):
        remind_customers()

    assert [notice.key.split(":", 2)[2].rsplit(":", 1)[0] for notice in Notice.objects.all()] == topics


def test_a_year_is_told_of_before_it_renews_and_a_month_or_a_cancelled_year_is_not():
    end = timezone.now() + timedelta(days=13)
    year = PriceFactory(interval="year", amount=36000)
    SubscriptionFactory(price=year, current_period_end=end)
    SubscriptionFactory(price=year, current_period_end=end, cancel_at=end)
    SubscriptionFactory(price=year, current_period_end=end + timedelta(days=9))
    SubscriptionFactory(current_period_end=end)
    for _ in range(2):
        remind_customers()

    assert [notice.topic for notice in Notice.objects.all()] == ["renewal_coming"]
    assert "€360.00" in Notice.objects.get().text
