"""Changes within a period, against amounts worked out by hand."""

import datetime as dt

import pytest
import stripe

from sandbox.stripe import Sandbox
from sandbox.stripe.billing.proration import share
from sandbox.stripe.hosted.app import build
from tests.factories.stripe import Shop

DAY = 86_400
# The period runs from 31 January to 28 February 2026, noon to noon: 28 days.
PERIOD = 28 * DAY


def change(
    shop: Shop, made: stripe.Subscription, price: stripe.Price, **params: object
) -> stripe.Subscription:
    """Move the only item to another price."""
    items = [{"id": made["items"].data[0].id, "price": price.id}]
    return shop.stripe.v1.subscriptions.update(made.id, {"items": items, **params})


def amounts(invoice: stripe.Invoice) -> list[int]:
    """The invoice's line amounts in cents."""
    return [line.amount for line in invoice.lines.data]


@pytest.mark.parametrize(
    ("amount", "at", "expected"),
    [
        (2800, 0, 2800),
        (2800, 7 * DAY, 2100),  # 21 of 28 days are left
        (1900, 10 * DAY, 1221),  # 1900 * 18/28 = 1221.43
        (1900, 10 * DAY + 43_200, 1188),  # 1900 * 17.5/28 = 1187.5, half goes up
        (1900, PERIOD - 1, 0),  # a second is 0.0008 cents
        (1900, PERIOD, 0),
    ],
)
def test_a_share_is_counted_in_seconds_and_rounded_once(amount: int, at: int, expected: int) -> None:
    assert share(amount, 0, PERIOD, at) == expected


def test_an_upgrade_waits_for_the_next_invoice(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    sandbox.advance(days=7)
    changed = change(shop, made, shop.price(3900))
    assert changed["items"].data[0].price.unit_amount == 3900
    assert len(shop.invoices(made.id)) == 1
    waiting = shop.stripe.v1.invoice_items.list({"customer": made.customer, "pending": True}).data[::-1]
    assert [item.amount for item in waiting] == [-1425, 2925]  # 21/28 of 19.00 back, of 39.00 due

    sandbox.advance(days=21, hours=1)
    renewal = shop.invoices(made.id)[-1]
    assert amounts(renewal) == [-1425, 2925, 3900]
    assert (renewal.total, renewal.status) == (5400, "paid")
    assert [line.parent.subscription_item_details.proration for line in renewal.lines.data] == [
        True,
        True,
        False,
    ]
    assert shop.stripe.v1.invoice_items.list({"customer": made.customer, "pending": True}).data == []


def test_always_invoice_charges_the_difference_at_once(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    sandbox.advance(days=7)
    changed = change(shop, made, shop.price(3900), proration_behavior="always_invoice")
    invoice = shop.stripe.v1.invoices.retrieve(changed.latest_invoice)
    assert (amounts(invoice), invoice.amount_paid) == ([-1425, 2925], 1500)
    assert (invoice.billing_reason, invoice.status) == ("subscription_update", "paid")
    assert invoice.lines.data[0].description == "Unused time on Pro after 07 Feb 2026"
    sandbox.advance(days=21, hours=1)
    assert amounts(shop.invoices(made.id)[-1]) == [3900]


def test_a_downgrade_becomes_credit_that_the_next_invoice_uses(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(price=shop.price(3900))
    sandbox.advance(days=7)
    changed = change(shop, made, shop.price(1900), proration_behavior="always_invoice")
    invoice = shop.stripe.v1.invoices.retrieve(changed.latest_invoice)
    assert (invoice.total, invoice.amount_due, invoice.ending_balance) == (-1500, 0, -1500)
    assert shop.stripe.v1.customers.retrieve(made.customer).balance == -1500
    sandbox.advance(days=21, hours=1)
    renewal = shop.invoices(made.id)[-1]
    assert (renewal.total, renewal.starting_balance, renewal.amount_paid) == (1900, -1500, 400)
    assert shop.stripe.v1.customers.retrieve(made.customer).balance == 0


def test_without_proration_only_the_next_period_costs_more(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    sandbox.advance(days=7)
    change(shop, made, shop.price(3900), proration_behavior="none")
    sandbox.advance(days=21, hours=1)
    assert amounts(shop.invoices(made.id)[-1]) == [3900]


def test_another_interval_starts_a_new_period_now(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    sandbox.advance(days=7)
    changed = change(shop, made, shop.price(19000, "year"))
    invoice = shop.stripe.v1.invoices.retrieve(changed.latest_invoice)
    assert (amounts(invoice), invoice.amount_paid) == ([-1425, 19000], 17575)
    assert changed.billing_cycle_anchor == sandbox.now
    ends = dt.datetime.fromtimestamp(changed["items"].data[0].current_period_end, dt.UTC)
    assert ends == dt.datetime(2027, 2, 7, 12, tzinfo=dt.UTC)


def test_more_seats_charge_for_what_is_left(sandbox: Sandbox, shop: Shop) -> None:
    price = shop.price(1000)
    made = shop.subscribe(items=[{"price": price.id, "quantity": 2}])
    sandbox.advance(days=14)
    item = made["items"].data[0].id
    shop.stripe.v1.subscription_items.update(item, {"quantity": 5, "proration_behavior": "always_invoice"})
    assert amounts(shop.invoices(made.id)[-1]) == [-1000, 2500]  # half of 2 seats back, half of 5 due


def test_an_item_can_be_added_and_removed(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    sandbox.advance(days=14)
    extra = shop.stripe.v1.subscription_items.create({"subscription": made.id, "price": shop.price(800).id})
    assert extra.current_period_end == made["items"].data[0].current_period_end
    assert len(shop.stripe.v1.subscription_items.list({"subscription": made.id}).data) == 2
    shop.stripe.v1.subscription_items.delete(extra.id)
    waiting = shop.stripe.v1.invoice_items.list({"customer": made.customer, "pending": True}).data[::-1]
    assert [item.amount for item in waiting] == [400, -400]
    with pytest.raises(stripe.InvalidRequestError, match="at least one"):
        shop.stripe.v1.subscription_items.delete(made["items"].data[0].id)


def test_a_trial_changes_plan_for_free(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(trial_period_days=14)
    sandbox.advance(days=5)
    changed = change(shop, made, shop.price(19000, "year"))
    assert (changed.status, changed.trial_end) == ("trialing", made.trial_end)
    sandbox.advance(to=made.trial_end + 3600)
    assert [invoice.amount_paid for invoice in shop.invoices(made.id)] == [0, 19000]


def test_a_trial_can_be_ended_at_once(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(trial_period_days=14)
    sandbox.advance(days=5)
    changed = shop.stripe.v1.subscriptions.update(made.id, {"trial_end": "now"})
    assert (changed.status, changed.trial_end, changed.billing_cycle_anchor) == (
        "active",
        sandbox.now,
        sandbox.now,
    )
    assert shop.invoices(made.id)[-1].amount_paid == 1900


def test_a_trial_can_be_extended(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(trial_period_days=14)
    later = made.trial_end + 7 * DAY
    assert shop.stripe.v1.subscriptions.update(made.id, {"trial_end": later}).trial_end == later
    sandbox.advance(to=later - 1)
    assert shop.subscription(made.id).status == "trialing"


def test_a_refused_card_makes_the_upgrade_past_due_or_nothing(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(trial_period_days=1)
    sandbox.advance(days=1, hours=1)
    card = shop.stripe.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": made.customer})
    shop.stripe.v1.subscriptions.update(made.id, {"default_payment_method": card.id})
    with pytest.raises(stripe.CardError):
        change(
            shop,
            made,
            shop.price(3900),
            proration_behavior="always_invoice",
            payment_behavior="error_if_incomplete",
        )
    assert shop.subscription(made.id)["items"].data[0].price.unit_amount == 1900
    changed = change(shop, made, shop.price(3900), proration_behavior="always_invoice")
    assert (changed.status, changed["items"].data[0].price.unit_amount) == ("past_due", 3900)


def test_a_preview_shows_the_change_and_changes_nothing(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    sandbox.advance(days=7)
    before = len(shop.types())
    items = [{"id": made["items"].data[0].id, "price": shop.price(3900).id}]
    events = len(shop.types())
    details = {"items": items, "proration_behavior": "always_invoice"}
    preview = shop.stripe.v1.invoices.create_preview(
        {"subscription": made.id, "subscription_details": details}
    )
    assert (amounts(preview), preview.amount_due, preview.status) == ([-1425, 2925], 1500, "draft")
    assert preview.id.startswith("upcoming_in")
    details["proration_behavior"] = "create_prorations"
    preview = shop.stripe.v1.invoices.create_preview(
        {"subscription": made.id, "subscription_details": details}
    )
    assert (amounts(preview), preview.amount_due) == ([-1425, 2925, 3900], 5400)
    assert events - before == 2  # the price and its product
    assert len(shop.types()) == events
    assert shop.subscription(made.id)["items"].data[0].price.unit_amount == 1900


def test_the_upcoming_invoice_and_a_new_subscription_can_be_previewed(shop: Shop) -> None:
    made = shop.subscribe()
    preview = shop.stripe.v1.invoices.create_preview({"subscription": made.id})
    assert (preview.total, preview.period_end) == (1900, made["items"].data[0].current_period_end)
    details = {"items": [{"price": shop.price(900).id, "quantity": 3}]}
    preview = shop.stripe.v1.invoices.create_preview(
        {"customer": made.customer, "subscription_details": details}
    )
    assert preview.total == 2700


def test_a_proration_date_outside_the_period_is_refused(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe()
    with pytest.raises(stripe.InvalidRequestError, match="current period"):
        change(shop, made, shop.price(3900), proration_date=sandbox.now - 1)


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_a_paused_collection_renews_without_charging(
    sandbox: Sandbox, shop: Shop, behavior: str, status: str
) -> None:
    made = shop.subscribe()
    pause = {"behavior": behavior, "resumes_at": sandbox.now + 40 * DAY}
    shop.stripe.v1.subscriptions.update(made.id, {"pause_collection": pause})
    sandbox.advance(days=39)
    assert shop.subscription(made.id).status == "active"
    assert shop.invoices(made.id)[-1].status == status
    sandbox.advance(days=25)
    assert shop.subscription(made.id).pause_collection is None
    assert shop.invoices(made.id)[-1].status == "paid"


def test_a_paused_subscription_resumes_with_a_card(sandbox: Sandbox, shop: Shop) -> None:
    made = shop.subscribe(
        customer=shop.customer().id,
        trial_period_days=14,
        trial_settings={"end_behavior": {"missing_payment_method": "pause"}},
    )
    sandbox.advance(days=20)
    card = shop.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": made.customer})
    shop.stripe.v1.subscriptions.update(made.id, {"default_payment_method": card.id})
    resumed = shop.stripe.v1.subscriptions.resume(made.id)
    assert (resumed.status, shop.invoices(made.id)[-1].amount_paid) == ("active", 1900)
    assert "customer.subscription.resumed" in shop.types()


def test_yen_have_no_cents_anywhere(sandbox: Sandbox, shop: Shop) -> None:
    cheap = shop.price(1000, currency="jpy")
    dear = shop.price(2999, currency="jpy", product=cheap.product)
    made = shop.subscribe(price=cheap)
    sandbox.advance(days=10)
    change = {"items": [{"id": made["items"].data[0].id, "price": dear.id}]}
    shop.stripe.v1.subscriptions.update(made.id, {**change, "proration_behavior": "always_invoice"})
    invoice = shop.invoices(made.id)[-1]
    # 18 of 28 days are left: 1000 x 18/28 = 642.86 and 2999 x 18/28 = 1927.93.
    assert [line.amount for line in invoice.lines.data] == [-643, 1928]
    assert (invoice.total, invoice.amount_paid, invoice.currency) == (1285, 1285, "jpy")
    payment = shop.stripe.v1.invoice_payments.list({"invoice": invoice.id}).data[0]
    refund = {"payment_intent": payment.payment.payment_intent, "amount": 85}
    assert shop.stripe.v1.refunds.create(refund).currency == "jpy"
    pdf = build(sandbox).test_client().get(str(invoice.invoice_pdf).partition("12111")[2]).data
    assert "¥1,285".encode("cp1252") in pdf
    assert b"1,285.00" not in pdf
