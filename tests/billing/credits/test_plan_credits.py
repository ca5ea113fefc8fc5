"""Credits that come with a plan come once per paid line, whoever brings the news, and follow the plan."""

import json
import random
from calendar import isleap
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from unittest.mock import Mock

import pytest

from billing.catalog.content import PlanContent
from billing.catalog.services import save_plan
from billing.credits.clock import at
from billing.credits.models import CreditAccount, CreditEntry, CreditLot
from billing.credits.queries import balance
from billing.credits.services import spend
from billing.subscriptions.services import reconcile_customer
from billing.webhooks.services import handle_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def reconcile(customer):
    return lambda: reconcile_customer(customer_id=customer.pk)


def lots(source="plan"):
    return list(CreditLot.objects.filter(source=source).order_by("pk"))


def test_a_paid_period_brings_its_credits_until_it_ends(customer, subscribe, publish, reconcile):
    made = subscribe(publish("cutter", credits_per_period=100))
    reconcile()
    (lot,) = lots()
    end = datetime.fromtimestamp(made["items"].data[0].current_period_end, tz=UTC)
    assert (lot.granted, lot.expires_at, lot.category) == (100, end, "paid")
    assert lot.payment_intent.startswith("pi_")
    assert balance(customer).available == 100


def test_the_same_news_nine_times_grants_once(customer, subscribe, publish, reconcile):
    subscribe(publish("cutter", credits_per_period=100))
    for _ in range(9):
        reconcile()
    assert balance(customer).available == 100


def test_a_renewal_brings_the_next_ones_and_a_replay_nothing(stripe, customer, subscribe, publish, reconcile):
    subscribe(publish("cutter", credits_per_period=100))
    reconcile()
    stripe.advance(days=32)
    reconcile()
    reconcile()
    assert [lot.granted for lot in lots()] == [100, 100]


def test_a_renewal_that_is_not_paid_brings_nothing(stripe, customer, subscribe, publish, reconcile):
    client = stripe.client()
    bad = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.stripe_id})
    subscribe(publish("cutter", credits_per_period=100))
    client.v1.customers.update(customer.stripe_id, {"invoice_settings": {"default_payment_method": bad.id}})
    reconcile()
    stripe.advance(days=32)
    reconcile()
    assert len(lots()) == 1


def test_a_trial_brings_what_the_plan_says_as_a_gift_that_ends_with_it(
    stripe,
    customer,
    subscribe,
    publish,
    reconcile,
):
    made = subscribe(publish("cutter", credits_per_period=100), trial_period_days=14)
    reconcile()
    (lot,) = lots("trial")
    assert (lot.granted, lot.category, lot.expires_at.timestamp()) == (100, "promotional", made.trial_end)
    stripe.advance(days=15)
    reconcile()
    assert [row.granted for row in lots()] == [100]


def test_several_seats_bring_their_credits_each(customer, subscribe, publish, reconcile):
    price = publish("cutter", credits_per_period=100)
    subscribe(price, items=[{"price": price.stripe_price_id, "quantity": 3}])
    reconcile()
    assert balance(customer).available == 300


def test_an_upgrade_takes_the_unused_share_and_gives_that_of_the_new_plan(
    stripe,
    customer,
    subscribe,
    publish,
    reconcile,
):
    small = publish("small", 1000, credits_per_period=100)
    large = publish("large", 5000, credits_per_period=1000)
    made = subscribe(small)
    reconcile()
    spend(customer=customer, amount=30, key="k")
    paid = made["items"].data[0]
    stripe.advance(seconds=(paid.current_period_end - paid.current_period_start) // 2)
    stripe.client().v1.subscriptions.update(
        made.id,
        {
            "items": [{"id": paid.id, "price": large.stripe_price_id}],
            "proration_behavior": "always_invoice",
        },
    )
    reconcile()
    reconcile()
    old, new = lots()
    assert new.granted == pytest.approx(Decimal(500), rel=Decimal("0.05"))
    assert old.remaining == pytest.approx(Decimal(20), abs=Decimal(3))
    assert CreditEntry.objects.get(kind="void").reason == "The plan was changed."


def test_a_change_of_plan_that_breaks_off_takes_nothing(
    stripe, customer, subscribe, publish, reconcile, monkeypatch
):
    small = publish("small", 1000, credits_per_period=100)
    large = publish("large", 5000, credits_per_period=1000)
    made = subscribe(small)
    reconcile()
    stripe.advance(days=15)
    item = {"id": made["items"].data[0].id, "price": large.stripe_price_id}
    stripe.client().v1.subscriptions.update(
        made.id, {"items": [item], "proration_behavior": "always_invoice"}
    )
    with monkeypatch.context() as broken:
        broken.setattr("billing.credits.plan_credits.grant", Mock(side_effect=RuntimeError))
        with pytest.raises(RuntimeError):
            reconcile()
    assert balance(customer).available == 100
    reconcile()
    assert len(lots()) == 2
    assert CreditEntry.objects.filter(kind="void").count() == 1


def test_months_of_28_30_and_31_days_bring_their_credits_without_a_gap(
    stripe, customer, subscribe, publish, reconcile
):
    years = range(datetime.now(UTC).year + 1, datetime.now(UTC).year + 10)
    year = next(year for year in years if not isleap(year))
    stripe.advance(to=datetime(year, 1, 31, 12, tzinfo=UTC))
    subscribe(publish("cutter", credits_per_period=100))
    for days in (29, 31, 30):
        reconcile()
        stripe.advance(days=days)
    ends = [lot.expires_at for lot in lots()]
    assert [(end.month, end.day) for end in ends] == [(2, 28), (3, 31), (4, 30)]
    for end, left in zip(ends, (200, 100, 0), strict=True):
        with at(end - timedelta(microseconds=1)):
            assert balance(customer).available == left + 100
        with at(end):
            assert balance(customer).available == left


def test_what_is_carried_over_is_capped_and_ends_with_the_plan(
    stripe,
    customer,
    subscribe,
    publish,
    reconcile,
):
    price = publish("cutter", credits_per_period=100, credits_rollover="capped", credits_cap=40)
    made = subscribe(price)
    reconcile()
    assert lots()[0].expires_at is None
    stripe.advance(days=32)
    reconcile()
    assert [lot.remaining for lot in lots()] == [40, 100]
    stripe.client().v1.subscriptions.cancel(made.id)
    reconcile()
    assert balance(customer).available == 0


def test_editing_a_plan_leaves_balances_alone(customer, subscribe, publish, reconcile):
    price = publish("cutter", credits_per_period=100)
    subscribe(price)
    reconcile()
    content = PlanContent.of(price.version)
    save_plan(plan=price.version.plan, content=PlanContent(prices=content.prices, credits_per_period=1))
    reconcile()
    assert balance(customer).available == 100


def test_a_plan_without_credits_costs_no_further_call(stripe, customer, subscribe, publish, reconcile):
    subscribe(publish("cutter"))
    asked = []
    stripe.observers.append(lambda *request: asked.append(request))
    reconcile()
    assert len(asked) == 2
    assert not CreditAccount.objects.exists()


def test_a_refunded_period_takes_its_credits_and_what_was_spent_is_owed(
    stripe,
    customer,
    subscribe,
    publish,
    reconcile,
):
    subscribe(publish("cutter", 2000, credits_per_period=100))
    reconcile()
    spend(customer=customer, amount=30, key="k")
    intent = lots()[0].payment_intent
    stripe.client().v1.refunds.create({"payment_intent": intent, "amount": 1000})
    reconcile()
    reconcile()
    assert balance(customer).available == 20
    stripe.client().v1.refunds.create({"payment_intent": intent})
    reconcile()
    assert (balance(customer).available, balance(customer).debt) == (0, 30)


@pytest.mark.parametrize("seed", range(3))
def test_the_first_credits_come_once_in_whatever_order_the_events_arrive(
    stripe, customer, subscribe, publish, post, seed
):
    subscribe(publish("cutter", credits_per_period=100))
    stripe.deliver(post, duplicate=2, shuffle=random.Random(seed))  # noqa: S311
    for _ in range(2):
        handle_waiting(customer_id=customer.pk)
    assert balance(customer).available == 100


def test_the_first_credits_are_not_lost_when_the_subscription_is_told_of_before_its_checkout(
    stripe, customer, publish, post
):
    terms = {
        "customer": customer.stripe_id,
        "mode": "subscription",
        "line_items": [{"price": publish("cutter", credits_per_period=100).stripe_price_id, "quantity": 1}],
        "success_url": "https://shop.example/ok",
    }
    checkout = stripe.client().v1.checkout.sessions.create(terms)
    stripe.complete_checkout(checkout.id)
    came = []
    for first in ("customer.subscription.created", "checkout.session.completed"):
        stripe.deliver(lambda *letter, first=first: arrives(came, post, letter, only=first))
        handle_waiting(customer_id=customer.pk)
        assert balance(customer).available == 100
    stripe.deliver(post, duplicate=2)
    handle_waiting(customer_id=customer.pk)
    assert came == ["customer.subscription.created", "checkout.session.completed"]
    assert balance(customer).available == 100


def arrives(came, post, letter, *, only):
    """Takes events of one kind; the others are told to come again."""
    kind = json.loads(letter[1])["type"]
    if kind != only:
        return 503
    came.append(kind)
    return post(*letter)
