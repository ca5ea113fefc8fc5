"""Publishing: Stripe has what the catalog says, one product per plan, whatever happened on the way."""

import threading

import pytest
from django.db import connections

from billing.catalog.content import PlanContent
from billing.catalog.models import Plan, Price
from billing.catalog.services import archive_plan, restore_plan, save_plan
from billing.gateway.errors import KeyRefused, StripeFailure, StripeUnavailable
from billing.publishing.changes import Action
from billing.publishing.models import Publication
from billing.publishing.services import (
    WrongMode,
    compare,
    compare_and_remember,
    publish,
    request_publication,
)
from tests.factories.billing import PlanFactory, PlanVersionFactory, PriceFactory, SubscriptionFactory


def run(**options) -> list[str]:
    """Publish, and tell what was done."""
    done = []
    publish(publication=request_publication(), tell=lambda change: done.append(change.action), **options)
    return done


def on_sale(account) -> set[tuple[str, int, str]]:
    """(product, amount, interval) of every active price at Stripe."""
    prices = account.find("price", active=True)
    return {(row["product"], row["unit_amount"], row["recurring"]["interval"]) for row in prices}


def assert_in_step(account) -> None:
    """One product per plan, exactly our prices on sale, every price remembered, nothing left to do."""
    products = [(row["id"], row["name"]) for row in account.find("product")]
    assert sorted(products) == [("quickscale-solo", "Solo"), ("quickscale-team", "Team")]
    assert on_sale(account) == {
        ("quickscale-solo", 900, "month"),
        ("quickscale-team", 1900, "month"),
        ("quickscale-team", 19000, "year"),
    }
    ids = {row["id"] for row in account.find("price", active=True)}
    assert set(Price.objects.values_list("stripe_price_id", flat=True)) == ids
    assert compare() == []


def test_publishing_makes_products_and_prices_and_remembers_them(account, team):
    assert run() == [
        Action.CREATE_PRODUCT,
        *[Action.CREATE_PRICE],
        Action.CREATE_PRODUCT,
        *[Action.CREATE_PRICE] * 2,
    ]
    assert_in_step(account)
    team.refresh_from_db()
    assert (team.stripe_product_id, team.stripe_differences) == ("quickscale-team", [])
    assert team.stripe_compared_at is not None


def test_publishing_twice_does_nothing_the_second_time(account, team):
    run()
    events = len(account.events.types())
    assert run() == []
    assert len(account.events.types()) == events


def test_comparing_writes_nothing_anywhere(account, team):
    assert [change.action for change in compare()].count(Action.CREATE_PRICE) == 3
    assert account.find("product") == []
    assert Plan.objects.get(pk=team.pk).stripe_compared_at is None


CALLS = 11


def test_a_first_publication_makes_as_many_calls_as_the_next_test_breaks(account, team):
    seen = []
    account.observers.append(lambda *exchange: seen.append(exchange))
    run()
    assert len(seen) == CALLS


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_a_failure_at_any_call_is_healed_by_publishing_again(account, team, call, when):
    _fail_at(account, call, when)
    with pytest.raises(StripeUnavailable):
        run()
    failed = Publication.objects.get()
    assert (failed.state, failed.error[:25]) == (Publication.State.FAILED, "Stripe cannot be reached.")
    run()
    assert_in_step(account)


def _fail_at(account, call: int, when: str) -> None:
    """Let the call of that number fail for good: stripe-python's two retries fail as well."""
    answer = account.faults.take
    count = {"calls": 0}

    def take(method, path, header):
        count["calls"] += 1
        if count["calls"] == call:
            account.fail("reset", when=when, times=3)
        return answer(method, path, header)

    account.faults.take = take


def test_a_crash_before_the_answer_was_stored_makes_no_second_price(account, team):
    run()
    Price.objects.update(stripe_price_id="")
    Plan.objects.update(stripe_product_id="")
    assert set(run()) == {Action.REMEMBER_PRICE}
    assert_in_step(account)


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_end_with_one_product_per_plan(account, team):
    together = threading.Barrier(2)
    failures = []

    def work() -> None:
        together.wait()
        try:
            run()
        except StripeFailure as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run()
    assert failures == []
    assert_in_step(account)


def test_a_changed_price_is_a_new_price_and_the_old_one_leaves_the_shop(account, team):
    run()
    save_plan(plan=team, content=PlanContent(prices={("month", "EUR"): 2500, ("year", "EUR"): 19000}))
    assert run() == [Action.CREATE_PRICE, Action.RETIRE_PRICE]
    assert ("quickscale-team", 2500, "month") in on_sale(account)
    assert ("quickscale-team", 1900, "month") not in on_sale(account)
    assert compare() == []


def test_a_price_that_comes_back_is_put_on_sale_again(account, team):
    run()
    first = Price.objects.get(amount=1900).stripe_price_id
    for amount in (2500, 1900):
        save_plan(plan=team, content=PlanContent(prices={("month", "EUR"): amount, ("year", "EUR"): 19000}))
        run()
    assert Price.objects.get(amount=1900).stripe_price_id == first
    assert_in_step(account)


def test_the_price_of_a_held_version_leaves_the_shop_and_stays_known(account, team):
    run()
    held = Price.objects.get(amount=1900)
    SubscriptionFactory(price=held)
    save_plan(plan=team, content=PlanContent(prices={("month", "EUR"): 1900}))
    run()
    held.refresh_from_db()
    old = account.find("price", id=held.stripe_price_id)[0]
    new = Price.objects.get(version__number=2)
    assert (old["active"], new.stripe_price_id != held.stripe_price_id) == (False, True)
    assert compare() == []


def test_an_archived_plan_leaves_the_shop_and_comes_back(account, team):
    run()
    archive_plan(plan=team)
    run()
    assert account.find("product", id="quickscale-team")[0]["active"] is False
    assert {product for product, _, _ in on_sale(account)} == {"quickscale-solo"}
    restore_plan(plan=team)
    run()
    assert_in_step(account)


def test_what_somebody_changed_at_stripe_is_shown_and_set_right(account, team):
    run()
    client = account.client()
    client.v1.products.update("quickscale-team", {"name": "Tean", "metadata": {"quickscale_plan": ""}})
    client.v1.prices.update(Price.objects.get(amount=1900).stripe_price_id, {"active": False})
    client.v1.prices.update(Price.objects.get(amount=19000).stripe_price_id, {"lookup_key": "mine"})
    compare_and_remember()
    differences = " ".join(Plan.objects.get(pk=team.pk).stripe_differences)
    assert "name is “Tean” in Stripe, “Team” here" in differences
    assert "it is switched off in Stripe" in differences
    assert "its lookup key differs in Stripe" in differences
    run()
    assert_in_step(account)


def test_a_price_that_somebody_made_at_stripe_is_left_alone_and_told(account, team):
    run()
    recurring = {"product": "quickscale-team", "currency": "eur", "recurring": {"interval": "month"}}
    account.client().v1.prices.create({**recurring, "unit_amount": 1900})
    assert run() == []
    assert [change.action for change in compare()] == [Action.NOTE]
    assert "made there. It is left alone" in Plan.objects.get(pk=team.pk).stripe_differences[0]


def test_a_plan_without_prices_is_no_business_of_stripes(account, db):
    PlanVersionFactory(plan__is_default=True)
    PlanFactory()
    assert run() == []
    assert account.find("product") == []


def test_an_archived_plan_that_was_never_published_stays_unknown(account, team):
    archive_plan(plan=team)
    run()
    assert [row["id"] for row in account.find("product")] == ["quickscale-solo"]
    assert Plan.objects.get(pk=team.pk).stripe_product_id == ""


def test_zero_decimal_currencies_keep_their_amount(account, db):
    PriceFactory(currency="JPY", amount=1900)
    run()
    assert [(row["unit_amount"], row["currency"]) for row in account.find("price")] == [(1900, "jpy")]


def test_the_other_mode_is_refused_until_it_is_asked_for(account, team, settings):
    run()
    Publication.objects.update(is_live_mode=True)
    with pytest.raises(WrongMode, match="live mode, and the key is a test one"):
        run()
    assert Publication.objects.first().error
    assert run(switch_mode=True) == []


def test_without_a_key_nothing_is_asked(account, team, settings):
    settings.STRIPE_SECRET_KEY = ""
    for ask in (run, compare, compare_and_remember):
        with pytest.raises(KeyRefused):
            ask()
    assert "No Stripe key is set" in Publication.objects.get().error
