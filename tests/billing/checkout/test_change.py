"""A plan is changed as it was shown, once, and charged once."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from billing.catalog.models import Price
from billing.checkout.models import PlanChange
from billing.checkout.quotes import quote
from billing.invoices.models import Invoice
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from sandbox.stripe import Sandbox
from tests.billing.subscriptions.conftest import customer, subscribe
from tests.factories.billing import PriceFactory, SubscriptionFactory

__all__ = ["customer", "subscribe"]

pytestmark = pytest.mark.django_db

DECLINES = "pm_card_chargeCustomerFail"
ASKS_ALWAYS = "pm_card_authenticationRequired"


@pytest.fixture
def cutter(publish: Callable[..., Price]) -> Price:
    return publish("cutter", 3000, features={"seats": 10, "exports": None})


@pytest.fixture
def schooner(publish: Callable[..., Price]) -> Price:
    return publish("schooner", 9000, features={"seats": 50, "exports": None, "api": None})


@pytest.fixture
def dinghy(publish: Callable[..., Price]) -> Price:
    return publish("dinghy", 1200, features={"seats": 3})


@pytest.fixture
def payer(customer) -> Client:
    client = Client()
    client.force_login(customer.user)
    return client


@pytest.fixture
def having(stripe: Sandbox, customer, subscribe):
    """Gives the customer a subscription that is so many days old."""

    def have(price: Price, *, days: int = 0, **params) -> Subscription:
        subscribe(price, **params)
        if days:
            stripe.advance(days=days)
        reconcile_customer(customer_id=customer.pk)
        return Subscription.objects.select_related("version__plan", "price__version", "customer").get()

    return have


def yearly(price: Price, stripe: Sandbox, amount: int) -> Price:
    """The same plan by the year."""
    at_stripe = stripe.client().v1.prices.create(
        {
            "currency": "eur",
            "unit_amount": amount,
            "recurring": {"interval": "year"},
            "product_data": {"name": "Yearly"},
        }
    )
    return PriceFactory(version=price.version, amount=amount, interval="year", stripe_price_id=at_stripe.id)


def agree(payer: Client, plan: str, interval: str = "month", token: str | None = None):
    """Look at the change, then agree to it."""
    if token is None:
        page = payer.get(f"/billing/change/{plan}/?interval={interval}").content.decode()
        token = re.search(r'name="quote" value="([^"]+)"', page)[1]
    return payer.post(f"/billing/change/{plan}/", {"interval": interval, "quote": token})


def charged(stripe: Sandbox, customer) -> list[int]:
    charges = stripe.client().v1.charges.list({"customer": customer.stripe_id, "limit": 100}).data
    return [charge.amount for charge in charges if charge.paid][::-1]


def test_the_preview_says_what_is_due_what_is_credited_and_what_changes(
    payer, stripe, having, cutter, schooner
):
    subscription = having(cutter)
    shown = quote(subscription, schooner, user=subscription.customer.user)
    page = payer.get("/billing/change/schooner/").content.decode()

    # On the first day: 30.00 come back, 90.00 are due, so 60.00 are charged and 90.00 a month later.
    assert (shown.due_today, shown.credit, shown.next_payment) == ("€60.00", "€30.00", "€90.00")
    assert shown.next_payment_at == subscription.current_period_end
    for words in ("From Cutter to Schooner", "€60.00", "50", "Api"):
        assert words in page
    assert PlanChange.objects.count() == 0


def test_half_a_month_later_half_of_both_counts(payer, stripe, having, cutter, schooner):
    subscription = having(cutter)
    length = (subscription.current_period_end - subscription.current_period_start).days
    stripe.advance(days=length // 3)
    shown = quote(subscription, schooner, user=subscription.customer.user)

    left = 1 - (length // 3) / length
    credit, full = round(3000 * left), round(9000 * left)
    assert shown.credit == f"€{credit / 100:.2f}"
    assert shown.due_today == f"€{(full - credit) / 100:.2f}"


def test_agreeing_charges_what_was_shown_and_opens_the_plan_at_once(
    payer, stripe, customer, having, cutter, schooner
):
    having(cutter)

    answer = agree(payer, "schooner")

    assert answer.url == "/billing/"
    assert charged(stripe, customer) == [3000, 6000]
    assert Subscription.objects.get().price_id == schooner.pk
    assert Invoice.objects.get(reason="subscription_update").total == 6000


def test_what_is_agreed_to_later_costs_what_was_shown(payer, stripe, customer, having, cutter, schooner):
    having(cutter, days=10)
    page = payer.get("/billing/change/schooner/").content.decode()
    token = re.search(r'name="quote" value="([^"]+)"', page)[1]
    shown = re.search(r"Change and pay €([\d.]+)", page)[1]
    stripe.advance(seconds=25 * 60)

    agree(payer, "schooner", token=token)

    assert charged(stripe, customer)[-1] == round(float(shown) * 100)


def test_double_click_two_tabs_and_the_back_button_charge_once(
    payer, stripe, customer, having, cutter, schooner
):
    having(cutter)
    pages = [payer.get("/billing/change/schooner/").content.decode() for _ in range(2)]
    tokens = [re.search(r'name="quote" value="([^"]+)"', page)[1] for page in pages]

    for token in (tokens[0], tokens[0], tokens[1], tokens[0]):
        assert agree(payer, "schooner", token=token).status_code in {302, 303}

    assert charged(stripe, customer) == [3000, 6000]


def test_a_lost_answer_is_repeated_and_charges_once(payer, stripe, customer, having, cutter, schooner):
    having(cutter)
    page = payer.get("/billing/change/schooner/").content.decode()
    token = re.search(r'name="quote" value="([^"]+)"', page)[1]
    stripe.fail("reset", path="/v1/subscriptions", when="after", times=3)

    first = agree(payer, "schooner", token=token)
    second = agree(payer, "schooner", token=token)

    assert (first.status_code, second.status_code) == (402, 303)
    assert charged(stripe, customer) == [3000, 6000]
    assert PlanChange.objects.get().status == "done"


def test_another_change_in_another_tab_waits_for_the_first(payer, having, cutter, schooner, dinghy):
    subscription = having(cutter)
    PlanChange.objects.create(subscription=subscription, price=dinghy, timing="period_end")

    answer = agree(payer, "schooner")

    assert answer.status_code == 409
    assert b"Another change of your plan is under way" in answer.content


@pytest.mark.parametrize("token", ["", "x", "eyJ4Ijox:1:2"])
def test_forged_figures_are_not_agreed_to(payer, stripe, customer, having, cutter, schooner, token):
    having(cutter)

    answer = agree(payer, "schooner", token=token)

    assert answer.status_code == 422
    assert charged(stripe, customer) == [3000]


def test_a_card_that_is_declined_leaves_the_plan_as_it_is(payer, stripe, customer, having, cutter, schooner):
    having(cutter)
    use_card(stripe, customer, DECLINES)

    answer = agree(payer, "schooner")

    assert answer.status_code == 402
    assert b"Your plan is unchanged." in answer.content
    reconcile_customer(customer_id=customer.pk)
    assert Subscription.objects.get().price_id == cutter.pk
    assert stripe.client().v1.invoices.list({"customer": customer.stripe_id}).data[0].status == "paid"


def test_after_a_refusal_another_card_does_it(payer, stripe, customer, having, cutter, schooner):
    having(cutter)
    use_card(stripe, customer, DECLINES)
    agree(payer, "schooner")
    use_card(stripe, customer, "pm_card_visa")

    agree(payer, "schooner")

    assert Subscription.objects.get().price_id == schooner.pk


def test_a_bank_that_wants_the_customer_gets_them(payer, stripe, customer, having, cutter, schooner):
    having(cutter)
    use_card(stripe, customer, ASKS_ALWAYS)

    answer = agree(payer, "schooner")

    waiting = Invoice.objects.get(status="open")
    assert answer.url == f"/billing/invoices/{waiting.pk}/"
    page = payer.get(answer.url).content.decode()
    assert "Your bank wants you to confirm this payment" in page
    assert payer.post(f"{answer.url}pay/").url.startswith("http")


def use_card(stripe: Sandbox, customer, card: str) -> None:
    client = stripe.client().v1
    method = client.payment_methods.attach(card, {"customer": customer.stripe_id})
    client.customers.update(customer.stripe_id, {"invoice_settings": {"default_payment_method": method.id}})


def test_a_smaller_plan_begins_when_the_paid_time_is_over(payer, stripe, customer, having, cutter, dinghy):
    having(cutter)

    page = payer.get("/billing/change/dinghy/").content.decode()
    agree(payer, "dinghy")

    assert "What you give up" in page
    assert "Nothing is taken today" in page
    overview = payer.get("/billing/").content.decode()
    assert "Your plan changes to <strong>Dinghy</strong>" in overview
    assert charged(stripe, customer) == [3000]
    stripe.advance(days=32)
    reconcile_customer(customer_id=customer.pk)
    subscription = Subscription.objects.get()
    assert (subscription.price_id, subscription.next_stripe_price_id) == (dinghy.pk, "")
    assert charged(stripe, customer) == [3000, 1200]


def test_a_planned_change_can_be_taken_back(payer, stripe, customer, having, cutter, dinghy):
    having(cutter)
    agree(payer, "dinghy")

    payer.post("/billing/change/take-back/")
    payer.post("/billing/change/take-back/")

    assert "Your plan changes to" not in payer.get("/billing/").content.decode()
    stripe.advance(days=32)
    reconcile_customer(customer_id=customer.pk)
    assert Subscription.objects.get().price_id == cutter.pk


def test_a_planned_change_can_be_replaced_by_another_and_by_an_upgrade(
    payer, having, cutter, dinghy, schooner, publish
):
    publish("raft", 600)
    having(cutter)
    agree(payer, "dinghy")
    agree(payer, "raft")
    assert "Raft" in payer.get("/billing/").content.decode()

    agree(payer, "schooner")

    subscription = Subscription.objects.get()
    assert (subscription.price_id, subscription.next_stripe_price_id) == (schooner.pk, "")


def test_the_year_begins_at_once_and_the_month_when_the_year_is_over(payer, stripe, customer, having, cutter):
    by_year = yearly(cutter, stripe, 30000)
    subscription = having(cutter)
    shown = quote(subscription, by_year, user=customer.user)

    assert (shown.due_today, shown.credit, shown.is_now) == ("€270.00", "€30.00", True)
    assert (shown.next_payment_at - subscription.current_period_start).days in {365, 366}
    agree(payer, "cutter", "year")
    subscription = Subscription.objects.select_related("version__plan", "price__version", "customer").get()
    assert subscription.price_id == by_year.pk
    back = quote(subscription, cutter, user=customer.user)
    assert (back.is_now, back.due_today, back.happens_at) == (False, "€0.00", subscription.current_period_end)


def test_a_subscription_from_before_changes_existed_can_be_changed(
    payer, stripe, customer, having, cutter, schooner
):
    having(cutter)
    Subscription.objects.update(item_stripe_id="")

    agree(payer, "schooner")

    assert Subscription.objects.get().price_id == schooner.pk


@pytest.mark.parametrize("plan", ["dinghy", "schooner"])
@pytest.mark.usefixtures("dinghy", "schooner")
def test_in_a_trial_everything_changes_at_once_and_nothing_is_due(
    payer, stripe, customer, having, cutter, plan
):
    subscription = having(cutter, trial_period_days=14)
    trial_end = subscription.trial_end
    wanted = Price.objects.select_related("version__plan").get(version__plan__key=plan)

    offered = quote(subscription, wanted, user=customer.user)
    assert (offered.is_now, offered.due_today, offered.is_due) == (True, "€0.00", False)
    assert (offered.next_payment, offered.next_payment_at) == (wanted.formatted, trial_end)

    agree(payer, plan)

    subscription = Subscription.objects.get()
    assert (subscription.price_id, subscription.trial_end) == (wanted.pk, trial_end)
    assert charged(stripe, customer) == []


def test_who_uses_more_than_the_new_plan_gives_is_told(payer, monkeypatch, having, cutter, dinghy):
    having(cutter)
    monkeypatch.setattr("billing.checkout.differences.check", lambda *_: type("D", (), {"used": 7})())

    page = payer.get("/billing/change/dinghy/").content.decode()

    assert "you use 7, the new plan gives 3" in page


@pytest.mark.parametrize(("status", "words"), [("past_due", "A payment is missing"), ("paused", "rests")])
def test_what_needs_the_customer_comes_first(payer, customer, cutter, schooner, status, words):
    SubscriptionFactory(customer=customer, price=cutter, status=status)

    answer = payer.get("/billing/change/schooner/")

    assert answer.status_code == 409
    assert words in answer.content.decode()


def test_the_plan_somebody_has_is_no_change(payer, having, cutter):
    having(cutter)

    assert payer.get("/billing/change/cutter/").url == "/billing/"


def test_without_stripe_the_page_says_so_and_nothing_changes(payer, stripe, having, cutter, schooner):
    having(cutter)
    stripe.fail("500", path="/v1/invoices", times=9)

    assert payer.get("/billing/change/schooner/").status_code == 503


def test_who_has_no_plan_is_led_to_the_checkout(payer, cutter):
    assert payer.get("/billing/change/cutter/").url == "/billing/checkout/cutter/"
    assert payer.get("/billing/change/").url == "/pricing/"
