"""Auto-reload buys what is missing, within its limits, and stops by itself when something is wrong."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.credits.care import look_after, low_customers, save_settings
from billing.credits.models import CreditAccount
from billing.credits.purchase_models import CreditPurchase, CreditSettings, ReloadMonth
from billing.credits.queries import balance
from billing.credits.services import spend
from billing.gateway.errors import StripeUnavailable
from billing.notices.models import Notice
from billing.subscriptions.services import reconcile_customer
from tests.billing.credits.test_buying import use_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def reload(customer, pack):
    """Auto-reload below 50 credits, twice a month and for 30 € at most."""

    def make(**wanted):
        settings = CreditSettings(
            customer=customer, reload_on=True, reload_below=50, reload_pack=pack,
            most_per_month=2, most_money_per_month=3000,
        )  # fmt: skip
        for name, value in wanted.items():
            setattr(settings, name, value)
        save_settings(settings)
        return settings

    return make


def topics():
    return list(Notice.objects.order_by("pk").values_list("topic", flat=True))


def run(customer, times=1):
    for _ in range(times):
        look_after(customer_id=customer.pk)


def test_a_low_balance_is_filled_once_and_told(customer, reload):
    reload()
    run(customer, times=5)
    assert balance(customer).available == 100
    assert topics() == ["credits_reloaded"]
    assert CreditPurchase.objects.get().way == "reload"


def test_a_balance_that_is_high_enough_is_left_alone(customer, reload, give):
    give(50, to=customer)
    reload()
    run(customer)
    assert not CreditPurchase.objects.exists()


def test_one_purchase_closes_the_whole_gap(customer, reload):
    reload(reload_below=250)
    run(customer)
    assert (CreditPurchase.objects.get().quantity, balance(customer).available) == (3, 300)


def test_the_spend_that_crosses_the_limit_wakes_somebody(customer, reload, give):
    give(60, to=customer)
    reload()
    spend(customer=customer, amount=5, key="a")
    assert not ProcrastinateJob.objects.filter(task_name__endswith="look_after_balance").exists()
    spend(customer=customer, amount=10, key="b")
    spend(customer=customer, amount=10, key="c")
    assert ProcrastinateJob.objects.filter(task_name__endswith="look_after_balance").count() == 1


def test_what_no_spend_woke_is_found_by_the_sweep(customer, reload):
    reload()
    assert low_customers() == [customer.pk]


def test_the_months_count_is_the_end_and_is_told_once(customer, reload):
    reload()
    for number in range(5):
        run(customer)
        if left := balance(customer).available:
            spend(customer=customer, amount=left, key=str(number))
    run(customer, times=3)
    assert CreditPurchase.objects.count() == 2
    assert topics().count("credits_reload_capped") == 1


def test_the_months_money_is_the_end_too(customer, reload):
    reload(reload_below=1000, most_money_per_month=2000)
    run(customer, times=3)
    assert (CreditPurchase.objects.get().quantity, balance(customer).available) == (2, 200)


def test_a_new_month_begins_anew(customer, reload):
    reload(most_per_month=1)
    run(customer)
    spend(customer=customer, amount=100, key="all")
    run(customer)
    assert CreditPurchase.objects.count() == 1
    (month,) = ReloadMonth.objects.all()
    ReloadMonth.objects.update(month=(month.month - timedelta(days=1)).replace(day=1))
    run(customer, times=3)
    assert (CreditPurchase.objects.count(), ReloadMonth.objects.count()) == (2, 2)


def test_a_runaway_breaks_on_the_database(customer, pack):
    month = ReloadMonth.objects.create(customer=customer, month="2026-03-01", most=1, most_amount=900)
    for broken in ({"count": 2}, {"amount": 901}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReloadMonth.objects.filter(pk=month.pk).update(**broken)
    attempt = {"customer": customer, "pack": pack, "credits": 1, "amount": 1, "currency": "EUR"}
    CreditPurchase.objects.create(way="reload", **attempt)
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditPurchase.objects.create(way="reload", **attempt)


def test_a_refused_card_is_tried_seldom_then_not_at_all(stripe, customer, reload):
    use_card(stripe, customer, "pm_card_chargeCustomerFail")
    settings = reload(most_per_month=31)
    for hours in (0, 0.5, 1.1, 1.2, 6, 48, 480):
        CreditSettings.objects.exclude(next_try_at=None).update(
            next_try_at=settings.next_try_at and settings.next_try_at - timedelta(hours=hours)
        )
        run(customer, times=3)
        settings.refresh_from_db()
    assert settings.suspended_at
    assert CreditPurchase.objects.count() == settings.failures == 3
    assert topics() == ["credits_reload_failed"] * 3
    assert ReloadMonth.objects.get().amount == 0


def test_another_default_card_wakes_it_again(stripe, customer, reload):
    use_card(stripe, customer, "pm_card_chargeCustomerFail")
    settings = reload(failures=2)
    run(customer)
    reconcile_customer(customer_id=customer.pk)
    settings.refresh_from_db()
    assert settings.suspended_at
    use_card(stripe, customer, "pm_card_visa")
    reconcile_customer(customer_id=customer.pk)
    run(customer)
    assert balance(customer).available == 100


def test_without_a_card_it_fails_and_says_so(stripe, customer, reload):
    use_card(stripe, customer, None)
    reload()
    run(customer)
    assert (topics(), balance(customer).available) == (["credits_reload_failed"], 0)


def test_when_stripe_is_silent_the_same_attempt_goes_on(stripe, customer, reload):
    reload()
    for _ in range(3):
        stripe.fail("reset", when="after", path="/v1/payment_intents")
    with pytest.raises(StripeUnavailable):
        run(customer)
    run(customer)
    assert (CreditPurchase.objects.get().status, balance(customer).available) == ("paid", 100)
    assert len(stripe.client().v1.charges.list({"customer": customer.stripe_id}).data) == 1


def test_an_attempt_too_old_to_repeat_is_given_up_unless_it_was_charged(stripe, customer, reload):
    reload()
    for _ in range(3):
        stripe.fail("500", path="/v1/payment_intents")
    with pytest.raises(StripeUnavailable):
        run(customer)
    CreditPurchase.objects.update(created_at=timezone.now() - timedelta(days=1))
    run(customer)
    assert CreditPurchase.objects.get().status == "failed"
    assert not stripe.client().v1.charges.list({"customer": customer.stripe_id}).data


def test_a_low_balance_is_told_once_until_credits_come_again(customer, give):
    give(60, to=customer)
    save_settings(CreditSettings(customer=customer, tell_below=50))
    spend(customer=customer, amount=20, key="a")
    run(customer, times=3)
    assert topics() == ["credits_low"]
    give(20, to=customer)
    spend(customer=customer, amount=20, key="b")
    run(customer, times=3)
    assert topics() == ["credits_low", "credits_low"]


def test_switched_off_nothing_is_bought(customer, reload):
    reload(reload_on=False)
    run(customer)
    assert CreditAccount.objects.get(customer=customer).watch_below is None
    assert not CreditPurchase.objects.exists()


def test_for_somebody_who_left_nothing_is_bought(customer, reload):
    reload()
    customer.user.is_active = False
    customer.user.save()
    run(customer)
    assert not CreditPurchase.objects.exists()
