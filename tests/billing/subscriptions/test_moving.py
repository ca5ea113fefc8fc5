"""Moving customers to another version of their plan, and putting them back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.api import check, with_entitlements
from billing.audits.models import AuditEntry
from billing.catalog.models import PlanVersion, Price
from billing.catalog.queries import is_held
from billing.credits.models import CreditLot
from billing.gateway.errors import StripeUnavailable
from billing.subscriptions.models import Subscription
from billing.subscriptions.moving import running
from billing.subscriptions.moving.models import UNDER_WAY, VersionMove
from billing.subscriptions.moving.preview import preview_move
from billing.subscriptions.moving.running import moves_to_go_on_with, run_batch
from billing.subscriptions.moving.services import (
    RUN_MOVE,
    UNDONE_ALREADY,
    request_move,
    request_undo,
    try_again,
)
from billing.subscriptions.moving.tasks import run_move
from billing.subscriptions.services import reconcile_customer
from tests.billing.webhooks.test_worker import run_worker
from tests.factories.billing import (
    FeatureFactory,
    PlanFeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    StripeCustomerFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def next_version(price: Price, amount: int = 1900, features: dict | None = None, **fields) -> PlanVersion:
    """The version that takes the place of the price's own, with a price that Stripe may know."""
    PlanVersion.objects.filter(plan=price.version.plan).update(is_current=False)
    made = PlanVersionFactory(plan=price.version.plan, number=2, features=features or {}, **fields)
    PriceFactory(version=made, amount=amount, stripe_price_id="")
    return made


def at_stripe(stripe, price: Price) -> str:
    """Let Stripe know ``price``; gives its id there."""
    client = stripe.client()
    product = client.v1.prices.retrieve(Price.objects.exclude(stripe_price_id="")[0].stripe_price_id).product
    made = client.v1.prices.create(
        {"currency": "eur", "unit_amount": price.amount, "recurring": {"interval": price.interval}}
        | {"product": product}
    )
    Price.objects.filter(pk=price.pk).update(stripe_price_id=made.id)
    return made.id


def run(move: VersionMove) -> VersionMove:
    """Every batch that there is now."""
    move.refresh_from_db()
    while run_batch(move=move):
        pass
    move.refresh_from_db()
    return move


def held(customer) -> tuple[int, int]:
    """The version that decides what the customer may do, and what they pay."""
    subscription = Subscription.objects.select_related("version", "price").get(customer=customer)
    return subscription.version.number, subscription.price.amount


def may(customer, feature: str) -> bool:
    """What the customer's next request finds."""
    user = with_entitlements(type(customer.user).objects.all()).get(pk=customer.user_id)
    return check(user, feature).allowed


@pytest.fixture
def cutter(stripe, customer, subscribe, publish):
    """A plan that the customer pays for, with exports."""
    price = publish("cutter", features={"exports": None})
    subscribe(price)
    reconcile_customer(customer_id=customer.pk)
    return price


def test_a_move_that_changes_what_is_given_asks_stripe_nothing(stripe, customer, cutter):
    target = next_version(cutter, features={"charts": None})
    assert (may(customer, "exports"), may(customer, "charts")) == (True, False)
    requests = []
    stripe.observers.append(lambda *request: requests.append(request))
    move = run(request_move(source=cutter.version, target=target, when="now"))
    assert (held(customer), move.state, requests) == ((2, 1900), "done", [])
    assert (may(customer, "exports"), may(customer, "charts")) == (False, True)


def test_the_next_reconcile_does_not_undo_it(stripe, customer, cutter):
    target = next_version(cutter, features={"charts": None})
    run(request_move(source=cutter.version, target=target, when="now"))
    for _ in range(2):
        reconcile_customer(customer_id=customer.pk)
    assert held(customer) == (2, 1900)
    assert may(customer, "charts")


def test_who_changes_the_price_later_gets_what_the_new_price_names(stripe, customer, cutter, publish):
    run(request_move(source=cutter.version, target=next_version(cutter), when="now"))
    other = publish("schooner", amount=9900)
    subscription = Subscription.objects.get(customer=customer)
    at = stripe.client().v1.subscriptions.retrieve(subscription.stripe_id)
    stripe.client().v1.subscriptions.update(
        at.id, {"items": [{"id": at["items"].data[0].id, "price": other.stripe_price_id}]}
    )
    reconcile_customer(customer_id=customer.pk)
    subscription.refresh_from_db()
    assert subscription.version == other.version


def test_another_price_is_told_to_stripe_once_and_charges_nothing_now(stripe, customer, cutter):
    target = next_version(cutter, amount=2900)
    price_id = at_stripe(stripe, target.prices.get())
    run(request_move(source=cutter.version, target=target, when="now"))
    assert held(customer) == (2, 2900)
    client = stripe.client()
    subscription = client.v1.subscriptions.list({"customer": customer.stripe_id}).data[0]
    assert subscription["items"].data[0].price.id == price_id
    invoices = client.v1.invoices.list({"customer": customer.stripe_id}).data
    assert [invoice.total for invoice in invoices] == [1900]
    upcoming = client.v1.invoices.create_preview(
        {"customer": customer.stripe_id, "subscription": subscription.id}
    )
    assert upcoming.total == 2900


def test_after_a_crash_behind_stripes_answer_it_goes_on_and_changes_the_price_once(
    stripe, customer, cutter, monkeypatch
):
    target = next_version(cutter, amount=2900)
    at_stripe(stripe, target.prices.get())
    move = request_move(source=cutter.version, target=target, when="now")
    with monkeypatch.context() as patch:
        patch.setattr("billing.subscriptions.moving.steps.reconcile_customer", _no_answer)
        with pytest.raises(StripeUnavailable):
            run_batch(move=move)
    assert moves_to_go_on_with() == [move.pk]
    assert run(move).state == "done"
    assert held(customer) == (2, 2900)


def _no_answer(**_):
    raise StripeUnavailable


def test_at_the_end_of_the_period_it_moves_then_and_not_before(stripe, customer, cutter, monkeypatch):
    target = next_version(cutter, features={"charts": None})
    move = run(request_move(source=cutter.version, target=target, when="period_end"))
    assert (held(customer), move.state, moves_to_go_on_with()) == ((1, 1900), "running", [])
    end = Subscription.objects.get(customer=customer).current_period_end
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert moves_to_go_on_with() == [move.pk]
    assert run(move).state == "done"
    assert held(customer) == (2, 1900)


def test_another_price_at_the_end_is_told_now_and_the_rights_stay_until_then(
    stripe, customer, cutter, monkeypatch
):
    target = next_version(cutter, amount=2900, features={"charts": None})
    at_stripe(stripe, target.prices.get())
    move = run(request_move(source=cutter.version, target=target, when="period_end"))
    assert (held(customer), may(customer, "exports"), move.state) == ((1, 2900), True, "running")
    reconcile_customer(customer_id=customer.pk)
    assert may(customer, "exports")
    end = Subscription.objects.get(customer=customer).current_period_end
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert run(move).state == "done"
    assert (held(customer), may(customer, "exports"), may(customer, "charts")) == ((2, 2900), False, True)


@pytest.mark.parametrize("amount", [1900, 2900])
@pytest.mark.parametrize("when", ["now", "period_end"])
def test_an_undone_move_leaves_everything_as_it_was(stripe, customer, cutter, amount, when):
    target = next_version(cutter, amount=amount, features={"charts": None})
    at_stripe(stripe, target.prices.get())
    stripe.client().v1.prices.update(cutter.stripe_price_id, {"active": False})
    move = run(request_move(source=cutter.version, target=target, when=when))
    request_undo(move=move)
    assert run(move).state == "undone"
    assert (held(customer), may(customer, "exports"), may(customer, "charts")) == ((1, 1900), True, False)
    reconcile_customer(customer_id=customer.pk)
    assert held(customer) == (1, 1900)
    assert not stripe.client().v1.prices.retrieve(cutter.stripe_price_id).active


def test_undoing_leaves_alone_who_changed_since(stripe, customer, cutter):
    target = next_version(cutter)
    move = run(request_move(source=cutter.version, target=target, when="now"))
    third = PlanVersionFactory(plan=target.plan, number=3, is_current=False)
    PriceFactory(version=third)
    run(request_move(source=target, target=third, when="now"))
    request_undo(move=move)
    run(move)
    assert (held(customer), move.rows.get().state) == ((3, 1900), "kept")


def test_undoing_the_second_of_two_moves_leads_back_to_the_first(stripe, customer, cutter):
    target = next_version(cutter)
    run(request_move(source=cutter.version, target=target, when="now"))
    third = PlanVersionFactory(plan=target.plan, number=3, is_current=False)
    PriceFactory(version=third)
    second = run(request_move(source=target, target=third, when="now"))
    request_undo(move=second)
    run(second)
    reconcile_customer(customer_id=customer.pk)
    assert held(customer) == (2, 1900)


def test_who_cancelled_meanwhile_is_not_moved(stripe, customer, cutter):
    move = request_move(source=cutter.version, target=next_version(cutter), when="now")
    subscription = Subscription.objects.get(customer=customer)
    stripe.client().v1.subscriptions.cancel(subscription.stripe_id)
    reconcile_customer(customer_id=customer.pk)
    run(move)
    row = move.rows.get()
    assert (row.state, held(customer)) == ("skipped", (1, 1900))
    assert "changed since" in row.note


def test_what_stripe_refuses_is_said_and_can_be_tried_again(stripe, customer, cutter):
    """A schedule decides over this subscription: Stripe lets nobody else change its price."""
    target = next_version(cutter, amount=2900)
    at_stripe(stripe, target.prices.get())
    client = stripe.client()
    subscription = Subscription.objects.get(customer=customer)
    client.v1.subscriptions.cancel(subscription.stripe_id)
    move = request_move(source=cutter.version, target=target, when="now")
    run(move)
    row = move.rows.get()
    assert row.state == "failed"
    assert "Stripe refused the change of price" in row.note
    assert try_again(move=move) == 1
    move.refresh_from_db()
    assert (move.state, move.rows.get().state) == ("running", "waiting")


def test_a_move_goes_on_batch_by_batch(monkeypatch):
    monkeypatch.setattr(running, "BATCH", 3)
    price = PriceFactory()
    SubscriptionFactory.create_batch(7, price=price)
    move = request_move(source=price.version, target=next_version(price), when="now")
    assert [run_batch(move=move) for _ in range(3)] == [True, True, False]
    assert set(Subscription.objects.values_list("version__number", flat=True)) == {2}
    move.refresh_from_db()
    assert move.state == "done"


def test_the_audit_log_says_who_moved_them_and_why():
    person = UserFactory()
    price = PriceFactory()
    SubscriptionFactory(price=price)
    run(
        request_move(
            source=price.version, target=next_version(price), when="now", why="Fair for all", by=person
        )
    )
    entry = AuditEntry.objects.filter(kind="subscription").latest("id")
    assert entry.user_email == person.email
    assert set(entry.after) == {"version_id", "moved_price_id", "moved_version_id"}
    assert "Fair for all" in entry.why


def test_the_preview_says_how_many_who_loses_what_and_what_they_pay():
    price = PriceFactory(version=PlanVersionFactory(features={"exports": None, "seats": 10}, grace_days=7))
    yearly = PriceFactory(version=price.version, interval="year", amount=19000)
    SubscriptionFactory.create_batch(2, price=price)
    SubscriptionFactory(price=yearly)
    ended = SubscriptionFactory(price=price)
    Subscription.objects.filter(pk=ended.pk).update(ended_at=timezone.now(), status="canceled")
    target = next_version(
        price, features={"seats": 5, "charts": None}, grace_days=3, credits_per_period=Decimal("100.5000")
    )
    seen = preview_move(source=price.version, target=target)
    assert (seen.customers, seen.stay_behind) == (2, 1)
    assert [(row.name, row.before, row.after, row.effect) for row in seen.differences] == [
        ("Charts", "not included", "included", "gain"),
        ("Exports", "included", "not included", "lose"),
        ("Seats", "Seats: 10", "Seats: 5", "lose"),
        ("Credits per period", "0 a period", "100.5 a period", "gain"),
        ("Grace days", "7 days", "3 days", "lose"),
    ]
    assert [row.name for row in seen.losses] == ["Exports", "Seats", "Grace days"]


def test_the_preview_costs_as_many_queries_for_ten_as_for_a_thousand(django_assert_num_queries):
    price = PriceFactory()
    target = next_version(price)
    for size in (10, 1000):
        customer = StripeCustomerFactory()
        Subscription.objects.bulk_create(
            SubscriptionFactory.build_batch(size, price=price, version=price.version, customer=customer)
        )
        for number in range(size):
            PlanFeatureFactory(version=target, feature=FeatureFactory(key=f"f{size}_{number}"))
        with django_assert_num_queries(5):
            seen = preview_move(source=price.version, target=target)
    assert seen.customers == 1010


@pytest.mark.parametrize("wrong", ["same", "other plan", "nobody"])
def test_a_move_that_makes_no_sense_is_refused(wrong):
    price = PriceFactory()
    target = {"same": lambda: price.version, "other plan": PlanVersionFactory}.get(
        wrong, lambda: next_version(price)
    )()
    with pytest.raises(ValidationError):
        request_move(source=price.version, target=target, when="now")
    assert not VersionMove.objects.filter(rows__isnull=False).exists()


def test_one_version_is_moved_once_at_a_time():
    price = PriceFactory()
    SubscriptionFactory(price=price)
    target = next_version(price)
    request_move(source=price.version, target=target, when="now")
    with pytest.raises(ValidationError, match="Another move of this version is under way"):
        request_move(source=price.version, target=target, when="now")


def at_the_same_instant(*asked) -> list[str]:
    """Each in a thread and a connection of its own; what they were refused with, in words."""
    refusals, barrier = [], threading.Barrier(len(asked))

    def ask(decide) -> None:
        try:
            barrier.wait()
            decide()
        except ValidationError as refusal:
            refusals.extend(refusal.messages)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(asked)) as pool:
        for asking in [pool.submit(ask, decide) for decide in asked]:
            asking.result()
    return refusals


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_instant_one_is_told_to_wait():
    price = PriceFactory()
    SubscriptionFactory.create_batch(2, price=price)
    targets = [next_version(price), PlanVersionFactory(plan=price.version.plan, number=3, is_current=False)]
    PriceFactory(version=targets[1])
    begin = [partial(request_move, source=price.version, target=target, when="now") for target in targets]
    refusals = at_the_same_instant(*begin * 2)
    assert refusals == [UNDER_WAY] * 3
    move = VersionMove.objects.get()
    assert move.rows.count() == 2
    undo = partial(request_undo, move=run(move))
    refusals = at_the_same_instant(*[undo] * 4)
    assert refusals == [UNDONE_ALREADY] * 3
    assert run(move).state == "undone"
    assert ProcrastinateJob.objects.filter(task_name=RUN_MOVE).count() == 1
    assert set(Subscription.objects.values_list("version__number", flat=True)) == {1}


def test_a_price_that_somebody_pays_is_held_though_they_were_moved_away():
    price = PriceFactory()
    SubscriptionFactory(price=price)
    run(request_move(source=price.version, target=next_version(price), when="now"))
    assert is_held(price.version)
    with pytest.raises(IntegrityError, match="held by customers"), transaction.atomic():
        connection.cursor().execute("UPDATE billing_price SET amount = 1 WHERE id = %s", [price.pk])


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_all_of_it(stripe, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    price = PriceFactory()
    SubscriptionFactory.create_batch(3, price=price)
    move = request_move(source=price.version, target=next_version(price), when="now")
    run_worker()
    move.refresh_from_db()
    assert move.state == "done"
    request_undo(move=move)
    run_worker()
    assert set(Subscription.objects.values_list("version__number", flat=True)) == {1}


@pytest.mark.parametrize("times", [1, 9])
def test_without_stripe_it_rests_and_loses_nobody(stripe, customer, cutter, times):
    target = next_version(cutter, amount=2900)
    at_stripe(stripe, target.prices.get())
    move = request_move(source=cutter.version, target=target, when="now")
    stripe.fail("503", times=times)
    run_move(move_id=move.pk)
    assert moves_to_go_on_with() == ([move.pk] if times == 9 else [])


@pytest.mark.parametrize(("first", "second"), [(100, 300), (0, 300), (300, 0)])
def test_the_next_payment_brings_the_credits_of_the_version_somebody_was_moved_to(
    stripe, customer, subscribe, publish, first, second
):
    price = publish("cutter", credits_per_period=first)
    subscribe(price)
    reconcile_customer(customer_id=customer.pk)
    target = next_version(price, credits_per_period=second)
    run(request_move(source=price.version, target=target, when="now"))
    reconcile_customer(customer_id=customer.pk)
    assert [lot.granted for lot in CreditLot.objects.filter(source="plan")] == ([first] if first else [])
    stripe.advance(days=32)
    for _ in range(2):
        reconcile_customer(customer_id=customer.pk)
    given = [lot.granted for lot in CreditLot.objects.filter(source="plan").order_by("pk")]
    assert given == [amount for amount in (first, second) if amount]
