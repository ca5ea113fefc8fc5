"""What time does to a subscription: renewals, trial ends, failing cards, cancellations."""

import datetime as dt

import pytest
import stripe

from sandbox.stripe import Sandbox
from tests.factories.stripe import FAILS_LATER, NOON, Shop

HOUR = 3600
DAY = 86_400
FAILING = "pm_card_chargeCustomerFail"


def day(month: int, number: int, year: int = 2026) -> int:
    """Noon of that day in Unix seconds."""
    return int(dt.datetime(year, month, number, 12, tzinfo=dt.UTC).timestamp())


def test_a_month_renews_on_the_31st_or_the_last_day_and_is_paid_an_hour_later(
    sandbox: Sandbox, shop: Shop
) -> None:
    made = shop.subscribe()
    sandbox.advance(to=day(6, 1))

    invoices = shop.invoices(made.id)
    starts = [invoice.lines.data[0].period.start for invoice in invoices]
    ends = [invoice.lines.data[0].period.end for invoice in invoices]
    assert starts == [day(1, 31), day(2, 28), day(3, 31), day(4, 30), day(5, 31)]
    assert ends == [*starts[1:], day(6, 30)]
    assert [invoice.created for invoice in invoices] == starts
    paid = [invoice.status_transitions.paid_at for invoice in invoices]
    assert paid == [starts[0], *(start + HOUR for start in starts[1:])]
    assert [invoice.billing_reason for invoice in invoices] == [
        "subscription_create",
        *["subscription_cycle"] * 4,
    ]
    numbers = [int(invoice.number.rpartition("-")[2]) for invoice in invoices]
    assert numbers == [1, 2, 3, 4, 5]


def test_a_renewal_tells_its_story_in_order(sandbox: Sandbox, shop: Shop) -> None:
    shop.subscribe()
    before = len(shop.types())
    sandbox.advance(to=day(2, 28) + HOUR)
    assert shop.types(before) == [
        "invoice.upcoming",
        "customer.subscription.updated",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]


def test_a_trial_warns_three_days_before_and_then_charges(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(trial_period_days=14)
    sandbox.advance(to=day(2, 11) - 1)
    assert "customer.subscription.trial_will_end" not in shop.types()
    sandbox.advance(seconds=1)
    assert shop.types()[-1] == "customer.subscription.trial_will_end"
    sandbox.advance(to=day(2, 14) + HOUR)

    now = shop.subscription(made.id)
    assert (now.status, now["items"].data[0].current_period_end) == ("active", day(3, 14))
    assert [invoice.amount_paid for invoice in shop.invoices(made.id)] == [0, 1900]


def test_a_trial_shorter_than_three_days_warns_at_once(shop: Shop) -> None:
    shop.subscribe(trial_period_days=2)
    assert "customer.subscription.trial_will_end" in shop.types()


@pytest.mark.parametrize(
    ("behavior", "status"), [("create_invoice", "past_due"), ("cancel", "canceled"), ("pause", "paused")]
)
def test_a_trial_without_a_card_ends_as_its_settings_say(
    sandbox: Sandbox, shop: Shop, behavior: str, status: str
) -> None:
    made = shop.subscribe(
        customer=shop.customer().id,
        trial_period_days=14,
        trial_settings={"end_behavior": {"missing_payment_method": behavior}},
    )
    sandbox.advance(to=day(2, 14) + HOUR)
    assert shop.subscription(made.id).status == status


def test_a_failing_card_is_tried_four_times_and_then_the_subscription_is_canceled(
    sandbox: Sandbox, shop: Shop
) -> None:
    done = sandbox.complete_checkout(
        shop.session(subscription_data={"trial_period_days": 14}).id, card=FAILS_LATER, email="a@example.com"
    )
    first = day(2, 14) + HOUR
    sandbox.advance(to=first)
    assert shop.subscription(done["subscription"]).status == "past_due"
    invoice = shop.invoices(done["subscription"])[-1]
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt == first + 3 * DAY

    sandbox.advance(to=first + 15 * DAY - 1)
    invoice = shop.invoices(done["subscription"])[-1]
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (3, first + 15 * DAY)

    sandbox.advance(seconds=1)
    ended = shop.subscription(done["subscription"])
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert ended.ended_at == first + 15 * DAY
    assert shop.types().count("invoice.payment_failed") == 4
    assert shop.types()[-1] == "customer.subscription.deleted"


@pytest.mark.parametrize(("outcome", "status"), [("mark_unpaid", "unpaid"), ("leave_past_due", "past_due")])
def test_what_follows_the_last_retry_is_a_setting(
    sandbox: Sandbox, shop: Shop, outcome: str, status: str
) -> None:
    sandbox.world.settings.when_retries_end = outcome
    made = shop.subscribe(FAILING, trial_period_days=14)
    sandbox.advance(to=day(2, 14) + HOUR + 15 * DAY)
    assert shop.subscription(made.id).status == status


def test_a_new_card_during_dunning_makes_the_next_retry_succeed(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(FAILING, trial_period_days=14)
    sandbox.advance(to=day(2, 14) + HOUR)
    card = shop.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": made.customer})
    shop.stripe.v1.subscriptions.update(made.id, {"default_payment_method": card.id})
    sandbox.advance(days=3)
    assert shop.subscription(made.id).status == "active"
    assert shop.invoices(made.id)[-1].status == "paid"


def test_a_past_due_invoice_can_be_paid_by_hand(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(FAILING, trial_period_days=14)
    sandbox.advance(to=day(2, 14) + HOUR)
    invoice = shop.invoices(made.id)[-1]
    paid = shop.stripe.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, shop.subscription(made.id).status) == ("paid", "active")
    before = len(shop.types())
    sandbox.advance(days=4)
    assert shop.types(before) == []


def test_a_first_payment_that_fails_leaves_the_subscription_incomplete_then_expired(
    sandbox: Sandbox, shop: Shop
) -> None:
    made = shop.subscribe(FAILING)
    assert (made.status, shop.invoices(made.id)[0].status) == ("incomplete", "open")
    sandbox.advance(hours=23)
    assert shop.subscription(made.id).status == "incomplete_expired"
    assert shop.invoices(made.id)[0].status == "void"


def test_error_if_incomplete_makes_nothing(sandbox: Sandbox, shop: Shop) -> None:
    with pytest.raises(stripe.CardError):
        shop.subscribe(FAILING, payment_behavior="error_if_incomplete")
    assert sandbox.find("subscription") == []


def test_default_incomplete_waits_for_the_browser(shop: Shop) -> None:
    made = shop.subscribe(
        payment_behavior="default_incomplete", expand=["latest_invoice.confirmation_secret"]
    )
    assert made.status == "incomplete"
    assert made.latest_invoice.confirmation_secret.client_secret.startswith("pi_")


def test_canceling_now_ends_at_once_and_only_once(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    ended = shop.stripe.v1.subscriptions.cancel(made.id, {"cancellation_details": {"feedback": "unused"}})
    assert (ended.status, ended.ended_at, ended.cancellation_details.feedback) == (
        "canceled",
        sandbox.now,
        "unused",
    )
    assert shop.types()[-1] == "customer.subscription.deleted"
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        shop.stripe.v1.subscriptions.cancel(made.id)
    before = len(shop.types())
    sandbox.advance(days=100)
    assert shop.types(before) == []


def test_canceling_at_period_end_can_be_taken_back(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    planned = shop.stripe.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    assert (planned.cancel_at, planned.canceled_at) == (day(2, 28), sandbox.now)
    event = sandbox.find("event")[-1]
    assert event["type"] == "customer.subscription.updated"
    previous = event["data"]["previous_attributes"]
    assert previous == {
        "cancel_at_period_end": False,
        "cancel_at": None,
        "canceled_at": None,
        "cancellation_details": {"reason": None},
    }
    kept = shop.stripe.v1.subscriptions.update(made.id, {"cancel_at_period_end": False})
    assert (kept.cancel_at, kept.canceled_at, kept.cancellation_details.reason) == (None, None, None)
    sandbox.advance(to=day(3, 1))
    assert shop.subscription(made.id).status == "active"


def test_canceling_at_period_end_ends_with_the_period_and_bills_nothing_more(
    sandbox: Sandbox, shop: Shop
) -> None:
    made = shop.subscribe()
    shop.stripe.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    sandbox.advance(to=day(4, 1))
    ended = shop.subscription(made.id)
    assert (ended.status, ended.ended_at) == ("canceled", day(2, 28))
    assert len(shop.invoices(made.id)) == 1


def test_a_subscription_may_be_made_to_last_one_period(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(cancel_at_period_end=True)
    assert made.cancel_at == day(2, 28)
    sandbox.advance(to=day(3, 1))
    assert shop.subscription(made.id).status == "canceled"
    assert len(shop.invoices(made.id)) == 1


def test_cancel_at_a_moment(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(cancel_at=day(2, 10))
    sandbox.advance(to=day(2, 10))
    assert shop.subscription(made.id).status == "canceled"


def test_lists_leave_ended_subscriptions_out_unless_asked(shop: Shop) -> None:
    live, ended = shop.subscribe(), shop.subscribe()
    shop.stripe.v1.subscriptions.cancel(ended.id)
    listing = shop.stripe.v1.subscriptions.list
    assert [s.id for s in listing().data] == [live.id]
    assert [s.id for s in listing({"status": "canceled"}).data] == [ended.id]
    assert [s.id for s in listing({"status": "all"}).data] == [ended.id, live.id]
    assert [s.id for s in listing({"customer": live.customer}).data] == [live.id]
    assert [s.id for s in listing({"price": live["items"].data[0].price.id}).data] == [live.id]


def test_an_update_that_changes_nothing_says_nothing(shop: Shop) -> None:
    made = shop.subscribe()
    before = len(shop.types())
    shop.stripe.v1.subscriptions.update(made.id, {"metadata": {}})
    assert shop.types(before) == []


def test_deleting_a_customer_ends_what_it_had(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    gone = shop.stripe.v1.customers.delete(made.customer)
    assert gone.deleted
    assert shop.subscription(made.id).status == "canceled"
    assert shop.stripe.v1.customers.retrieve(made.customer).deleted
    assert shop.types()[-1] == "customer.deleted"


def test_a_long_leap_does_everything_in_the_order_of_time(sandbox: Sandbox, shop: Shop) -> None:
    for interval in ("month", "week", "year"):
        shop.subscribe(price=shop.price(interval=interval))
    sandbox.advance(days=400)
    moments = [event["created"] for event in sandbox.find("event")]
    assert moments == sorted(moments)
    assert sandbox.now == int(NOON.timestamp()) + 400 * DAY
