"""Whatever the webhooks lost, the comparison with Stripe finds, tells and puts right."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing.audits.reconciliation.customers import WrongAccount
from billing.audits.reconciliation.models import Discrepancy
from billing.audits.reconciliation.runs import compare_only, run_comparison
from billing.credits.models import CreditLot
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.invoices.models import Invoice
from billing.invoices.services import refresh_invoices
from billing.publishing.services import publish, request_publication
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from sandbox.stripe.faults import Fault
from tests.factories.billing import InboxEventFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _made_a_while_ago(db):
    """Rows made during a run are left to the next one; these here were made before."""

    def age():
        before = timezone.now() - timedelta(days=1)
        StripeCustomer.objects.update(created_at=before)
        Subscription.objects.update(last_synced_at=before)

    return age


@pytest.fixture
def subscription(stripe, customer, subscribe, published, _made_a_while_ago):
    """A subscription that our rows know as Stripe does."""
    at_stripe = subscribe(published("crew"))
    refresh_invoices(customer_id=customer.pk)
    reconcile_customer(customer_id=customer.pk)
    _made_a_while_ago()
    return at_stripe


@pytest.fixture
def published(stripe, publish_as_sold):
    """Makes a plan whose product and price Stripe has as the catalog says."""
    return publish_as_sold


def run(*, repairs="nothing"):
    """Compare; gives what was told, as (kind, field, here, at Stripe, put right?)."""
    told = []
    run_comparison(
        repairs=repairs,
        tell=lambda found, done: told.append((found.kind, found.field, found.ours, found.at_stripe, done)),
    )
    return told


def states():
    return sorted(Discrepancy.objects.values_list("field", "state"))


def test_what_agrees_is_not_told(customer, subscription):
    assert run() == []
    assert states() == []


def test_a_lost_subscription_is_found_and_made(customer, subscription):
    Subscription.objects.all().delete()
    assert run(repairs="ours") == [("subscription", "status", "missing", "active", True)]
    assert Subscription.objects.get().stripe_id == subscription.id


def test_a_lost_cancellation_is_found_kept_and_put_right_by_the_next_run(stripe, subscription):
    stripe.client().v1.subscriptions.cancel(subscription.id)
    assert {field for _, field, *_ in run()} == {"status", "ended_at"}
    assert states() == [("ended_at", "open"), ("status", "open")]
    assert Subscription.objects.get().status == "active"
    assert {done for *_, done in run(repairs="ours")} == {True}
    assert states() == [("ended_at", "repaired"), ("status", "repaired")]
    assert Subscription.objects.get().status == "canceled"


def test_a_row_that_stripe_never_had_is_ended(stripe, customer, subscription):
    Subscription.objects.update(stripe_id="sub_of_nobody")
    told = {(ours, theirs) for _, _, ours, theirs, _ in run(repairs="ours")}
    assert told == {("active", "missing"), ("missing", "active")}
    assert Subscription.objects.get(stripe_id="sub_of_nobody").status == "canceled"


def test_another_price_at_stripe_is_a_difference(customer, subscription, published):
    Subscription.objects.update(price=published("captain"))
    assert [field for _, field, *_ in run()] == ["price"]


def test_a_price_that_nobody_sells_here_is_for_a_person(stripe, customer, subscription):
    Subscription.objects.all().delete()
    price = stripe.client().v1.prices.create(
        {
            "currency": "eur",
            "unit_amount": 1,
            "recurring": {"interval": "month"},
            "product_data": {"name": "x"},
        }
    )
    [item] = stripe.find("subscription")[0]["items"]["data"]
    stripe.client().v1.subscriptions.update(
        subscription.id, {"items": [{"id": item["id"], "price": price.id}]}
    )
    assert run(repairs="ours") == [("subscription", "status", "missing", "active", False)]
    assert Discrepancy.objects.get().proposal.startswith("Its price is not in the catalog")


def test_a_customer_deleted_at_stripe_whose_event_was_lost_loses_the_plan(stripe, customer, subscription):
    stripe.client().v1.customers.delete(customer.stripe_id)
    told = run(repairs="ours")
    assert ("customer", "stripe_id", customer.stripe_id, "deleted", True) in told
    assert Subscription.objects.get().status == "canceled"
    customer.refresh_from_db()
    assert customer.stripe_id == ""
    assert run(repairs="ours") == []


def test_a_customer_unknown_to_stripe_keeps_the_plan_and_is_for_a_person(stripe, customer, subscription):
    other = ensure_customer(user=UserFactory())
    StripeCustomer.objects.update(created_at=timezone.now() - timedelta(days=1))
    StripeCustomer.objects.filter(pk=customer.pk).update(stripe_id="cus_of_nobody")
    assert ("customer", "stripe_id", "cus_of_nobody", "missing", False) in run(repairs="ours")
    assert Subscription.objects.get().status == "active"
    assert other.stripe_id


def test_the_key_of_another_account_ends_no_plan(stripe, customer, subscription):
    ensure_customer(user=UserFactory())
    StripeCustomer.objects.update(created_at=timezone.now() - timedelta(days=1))
    for number, row in enumerate(StripeCustomer.objects.all()):
        StripeCustomer.objects.filter(pk=row.pk).update(stripe_id=f"cus_elsewhere{number}")
    with pytest.raises(WrongAccount, match="none of our customers"):
        run(repairs="ours")
    assert Subscription.objects.get().status == "active"


def test_a_customer_whose_making_was_interrupted_is_linked(stripe, customer, subscription):
    stripe_id = customer.stripe_id
    StripeCustomer.objects.update(stripe_id="")
    assert ("customer", "stripe_id", "nothing", stripe_id, True) in run(repairs="ours")
    customer.refresh_from_db()
    assert customer.stripe_id == stripe_id


def test_an_address_that_was_changed_at_stripe_is_noted_and_said_to_nobody(stripe, customer, subscription):
    stripe.client().v1.customers.update(customer.stripe_id, {"email": "invoices@example.com"})
    said = []
    run_comparison(repairs="ours", tell=lambda found, _: said.append(str(found)))
    customer.refresh_from_db()
    assert customer.stripe_email == "invoices@example.com"
    words = "email differs from Stripe's. Note the address that receipts go to."
    assert said == [f"Customer {customer.pk}, {customer.stripe_id}: {words}"]


def test_other_softwares_customers_are_left_alone(stripe, subscription):
    client = stripe.client()
    stranger = client.v1.customers.create({"email": "stranger@example.com"})
    price = client.v1.prices.create(
        {
            "currency": "eur",
            "unit_amount": 1,
            "recurring": {"interval": "month"},
            "product_data": {"name": "x"},
        }
    )
    client.v1.subscriptions.create(
        {"customer": stranger.id, "items": [{"price": price.id}], "trial_period_days": 3}
    )
    assert run() == []


def test_a_plan_of_ours_that_nobody_here_has_is_for_a_person(stripe, subscription, published):
    client = stripe.client()
    stranger = client.v1.customers.create({"email": "stranger@example.com"})
    item = {"price": published("captain").stripe_price_id}
    client.v1.subscriptions.create({"customer": stranger.id, "items": [item], "trial_period_days": 3})
    assert run(repairs="ours") == [("subscription", "customer", "missing", stranger.id, False)]


def test_the_catalog_is_compared_and_published_only_when_asked(stripe, customer, subscription):
    [product] = stripe.find("product", name="Crew")
    stripe.client().v1.products.update(product["id"], {"name": "Changed by hand"})
    assert [(kind, done) for kind, *_, done in run(repairs="ours")] == [("catalog", False)]
    assert [(kind, done) for kind, *_, done in run(repairs="everything")] == [("catalog", True)]
    assert stripe.client().v1.products.retrieve(product["id"]).name == "Crew"


def test_an_event_that_waits_is_no_false_alarm(stripe, customer, subscription):
    stripe.client().v1.subscriptions.cancel(subscription.id)
    InboxEventFactory(customer=customer)
    assert run() == []
    assert states() == []


def test_what_is_put_right_between_two_looks_is_no_false_alarm(stripe, customer, subscription, monkeypatch):
    stripe.client().v1.subscriptions.cancel(subscription.id)

    def settle(*_):
        reconcile_customer(customer_id=customer.pk)

    monkeypatch.setattr("billing.audits.reconciliation.reading._let_things_settle", settle)
    assert run() == []
    assert states() == []


def test_what_is_ignored_is_not_told_again_until_it_changes(stripe, customer, subscription):
    stripe.client().v1.subscriptions.cancel(subscription.id)
    run()
    Discrepancy.objects.update(state="ignored")
    run()
    assert {state for _, state in states()} == {"ignored"}
    Subscription.objects.update(status="paused")
    run()
    assert ("status", "open") in states()


def test_what_is_gone_by_itself_is_closed(stripe, customer, subscription):
    Subscription.objects.update(quantity=7)
    run()
    run()
    assert states() == [("quantity", "open")]
    Subscription.objects.update(quantity=1)
    run()
    assert states() == [("quantity", "repaired")]


def test_a_dry_run_tells_and_writes_nothing(stripe, customer, subscription):
    stripe.client().v1.customers.delete(customer.stripe_id)
    told = []
    ledger = compare_only(tell=lambda found, done: told.append((found.field, done)))
    assert sorted(told) == [("ended_at", False), ("status", False), ("stripe_id", False)]
    assert ledger.compared["subscription"] == 1
    assert states() == []
    assert Subscription.objects.get().status == "active"


def test_a_repair_that_fails_is_left_for_a_person_and_stops_nobody(
    stripe, customer, subscription, monkeypatch
):
    Subscription.objects.update(quantity=7)
    monkeypatch.setattr("billing.audits.reconciliation.repairs.reconcile_customer", lambda **_: 1 / 0)
    assert run(repairs="ours") == [("subscription", "quantity", "7", "1", False)]
    assert states() == [("quantity", "open")]


def test_the_command_says_what_differs_and_how_it_ends(customer, subscription, capsys):
    call_command("billing_reconcile")
    assert "1 customer and 1 subscription agree with Stripe." in capsys.readouterr().out
    Subscription.objects.update(quantity=7)
    with pytest.raises(CommandError, match="1 left"):
        call_command("billing_reconcile")
    assert f"{subscription.id}: quantity is 7 here and 1 at Stripe." in capsys.readouterr().out
    with pytest.raises(CommandError, match="1 left"):
        call_command("billing_reconcile", "--dry-run")
    call_command("billing_reconcile", "--repair")
    said = "1 difference between this site and Stripe (Subscription: 1): 1 was put right, none is left."
    assert said in capsys.readouterr().out
    assert Subscription.objects.get().quantity == 1


def test_a_silent_stripe_is_said_and_nothing_is_ended(stripe, customer, subscription):
    stripe.faults.add(Fault("500", path="/v1/subscriptions", times=10))
    with pytest.raises(CommandError, match="ended early"):
        call_command("billing_reconcile", "--repair")
    assert Subscription.objects.get().status == "active"


def test_publishing_once_more_finds_nothing(stripe, subscription):
    publish(publication=request_publication())
    assert run() == []


def test_an_invoice_whose_payment_was_not_told_is_read_again(stripe, customer, subscription):
    Invoice.objects.update(status="open")
    assert run(repairs="ours") == [("invoice", "status", "open", "paid", True)]
    assert Invoice.objects.get().status == "paid"


def test_an_invoice_that_was_never_told_is_made(stripe, customer, subscription):
    Invoice.objects.all().delete()
    assert run(repairs="ours") == [("invoice", "status", "missing", "paid", True)]
    assert Invoice.objects.count() == 1


def test_credits_of_a_paid_line_that_were_lost_are_granted_once(stripe, customer, subscribe, published):
    subscribe(published("crew", credits_per_period=100))
    assert ("credit", "credits", "missing", "paid", False) in run()
    run(repairs="ours")
    assert run(repairs="ours") == []
    assert [lot.granted for lot in CreditLot.objects.all()] == [100]
