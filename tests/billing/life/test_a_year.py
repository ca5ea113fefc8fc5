"""More than a year of one customer's life, against figures worked out by hand."""

from datetime import timedelta

import pytest

from billing.api import check
from billing.invoices.models import Invoice
from billing.notices.models import Notice
from tests.factories.billing import PriceFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOURS = timedelta(hours=3)  # a renewal is a draft for one hour before it is collected


@pytest.fixture
def prices(publish, stripe):
    """Cutter and Schooner by the month, Dinghy by month and year."""
    cutter = publish("cutter", 3000, trial_days=14, grace_days=7, features={"seats": 10, "exports": None})
    schooner = publish("schooner", 9000, grace_days=7, features={"seats": 50, "exports": None})
    dinghy = publish("dinghy", 1200, grace_days=7, features={"seats": 3})
    yearly = stripe.client().v1.prices.create(
        {
            "currency": "eur",
            "unit_amount": 12000,
            "recurring": {"interval": "year"},
            "product_data": {"name": "Dinghy by the year"},
        }
    )
    by_year = PriceFactory(version=dinghy.version, amount=12000, interval="year", stripe_price_id=yearly.id)
    return cutter, schooner, dinghy, by_year


def test_trial_renewal_failure_recovery_up_down_yearly_cancel_and_return(life, prices):
    cutter, schooner, dinghy, by_year = prices
    begin_with_a_trial(life, cutter)
    fail_and_recover(life)
    go_up(life, schooner)
    go_down(life, dinghy)
    pay_by_the_year(life, by_year)
    leave(life)
    come_back(life, cutter)
    every_sum_is_told_once(life)


def begin_with_a_trial(life, cutter):
    """Two weeks free, then 30.00 for the first month and for the next."""
    life.subscribe(cutter)
    assert life.charged() == []
    assert "Free trial until" in life.reads("/billing/")
    life.wait_until(life.plan.trial_end + HOURS)
    assert life.charged() == [3000]
    life.wait_until(life.plan.current_period_end + HOURS)
    assert life.charged() == [3000, 3000]


def fail_and_recover(life):
    """The month after, the card fails. The plan stays open for seven days; paying after six settles it."""
    life.use_card("pm_card_chargeCustomerFail")
    life.wait_until(life.plan.current_period_end + HOURS)
    assert "A payment failed" in life.reads("/billing/")
    assert check(life.user, "exports").allowed
    life.wait_until(life.plan.current_period_start + DAY * 6 + HOURS)
    waiting = Invoice.objects.get(status="open")
    life.stripe.client().v1.invoices.pay(waiting.stripe_id, {"payment_method": "pm_card_visa"})
    life.settle()
    life.use_card("pm_card_visa")
    assert life.plan.status == "active"
    assert life.charged() == [3000] * 3


def go_up(life, schooner):
    """To Schooner after ten days: the rest of the month of both, to the cent; then a full month of it."""
    start, end = life.plan.current_period_start, life.plan.current_period_end
    life.wait_until(start + DAY * 10)
    left = (end - life.now) / (end - start)
    due = round(9000 * left) - round(3000 * left)
    assert life.change_to(schooner) == f"€{due / 100:.2f}"
    assert life.charged()[-1] == due
    life.wait_until(end + HOURS)
    assert life.charged()[-1] == 9000


def go_down(life, dinghy):
    """To Dinghy: nothing today, 12.00 when the month is over."""
    assert life.change_to(dinghy) == "€0.00"
    assert "Your plan changes to <strong>Dinghy</strong>" in life.reads("/billing/")
    life.wait_until(life.plan.current_period_end + HOURS)
    assert life.charged()[-1] == 1200
    assert life.plan.price_id == dinghy.pk


def pay_by_the_year(life, by_year):
    """After seven days: 120.00 less the rest of the month."""
    start, end = life.plan.current_period_start, life.plan.current_period_end
    life.wait_until(start + DAY * 7)
    due = 12000 - round(1200 * ((end - life.now) / (end - start)))
    assert life.change_to(by_year) == f"€{due / 100:.2f}"
    assert life.charged()[-1] == due


def leave(life):
    """Cancelled after a season, open to the end of the year; nothing more is charged."""
    life.wait_until(life.now + DAY * 90)
    life.browser.post("/billing/cancel/", {"comment": ""})
    life.settle()
    paid = life.charged()
    last_day = life.plan.cancel_at
    life.wait_until(last_day - DAY)
    assert check(life.user, "seats").limit == 3
    life.wait_until(last_day + HOURS)
    assert life.plan.status == "canceled"
    assert "Welcome back" in life.reads("/billing/")
    assert life.charged() == paid


def come_back(life, cutter):
    """Without a second trial."""
    paid = life.charged()
    life.subscribe(cutter)
    assert life.charged() == [*paid, 3000]


def every_sum_is_told_once(life):
    """Every payment has its invoice and its receipt; every invoice is in the history."""
    invoices = Invoice.objects.filter(amount_paid__gt=0).order_by("issued_at")
    assert [invoice.amount_paid for invoice in invoices] == life.charged()
    assert Notice.objects.filter(topic="receipt").count() == len(life.charged())
    history = life.reads("/billing/invoices/")
    assert all(invoice.number in history for invoice in invoices)
    assert {topic: Notice.objects.filter(topic=topic).count() for topic in TOLD} == TOLD


TOLD = {
    "welcome": 2,
    "trial_ending": 2,
    "payment_failed": 1,
    "grace_ending": 1,
    "plan_closed": 0,
    "plan_changed": 3,
    "change_planned": 1,
    "cancelled": 1,
    "renewal_coming": 0,
    "ended": 1,
}
