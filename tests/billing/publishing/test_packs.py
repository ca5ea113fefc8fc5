"""Packs of credits at Stripe: one product and one price each, whatever fails half-way."""

from decimal import Decimal

import pytest

from billing.catalog.pack_services import archive_pack, restore_pack, save_pack
from billing.catalog.packs import CreditPack
from billing.gateway.errors import StripeUnavailable
from billing.publishing.changes import Action
from billing.publishing.services import compare, compare_and_remember
from tests.billing.publishing.test_publish import _fail_at, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def small() -> CreditPack:
    return CreditPack.objects.create(key="small", name="100 credits", credits=Decimal(100), amount=900)


def on_sale(account) -> list[tuple[str, int, str]]:
    rows = account.find("price", active=True)
    return [(row["product"], row["unit_amount"], row["type"]) for row in rows]


def test_a_pack_becomes_a_product_with_a_price_that_is_paid_once(account, small):
    assert run() == [Action.CREATE_PRODUCT, Action.CREATE_PRICE]
    small.refresh_from_db()
    assert on_sale(account) == [("quickscale-credits-small", 900, "one_time")]
    assert small.stripe_product_id == "quickscale-credits-small"
    assert small.stripe_price_id == account.find("price")[0]["id"]
    assert compare() == []
    assert run() == []


CALLS = 5


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_a_failure_at_any_call_ends_with_one_product_after_the_next_publication(account, small, call, when):
    _fail_at(account, call, when)
    with pytest.raises(StripeUnavailable):
        run()
    run()
    assert len(account.find("product")) == 1
    assert on_sale(account) == [("quickscale-credits-small", 900, "one_time")]
    assert compare() == []


def test_a_first_publication_makes_as_many_calls_as_are_broken_above(account, small):
    seen = []
    account.observers.append(lambda *exchange: seen.append(exchange))
    run()
    assert len(seen) == CALLS


def test_at_another_price_it_is_off_sale_until_it_is_published(account, small):
    run()
    small.refresh_from_db()
    first, small.amount = small.stripe_price_id, 1200
    save_pack(pack=small)
    small.refresh_from_db()
    assert small.stripe_price_id == ""
    run()
    small.refresh_from_db()
    assert small.stripe_price_id not in ("", first)
    assert on_sale(account) == [("quickscale-credits-small", 1200, "one_time")]


def test_saving_other_words_keeps_its_price(account, small):
    stale = CreditPack.objects.get(pk=small.pk)
    run()
    stale.name = "A hundred credits"
    save_pack(pack=stale)
    small.refresh_from_db()
    assert (small.name, bool(small.stripe_price_id)) == ("A hundred credits", True)


def test_what_somebody_changes_in_stripes_dashboard_is_said_field_by_field(account, small):
    run()
    small.refresh_from_db()
    client = account.client()
    client.v1.products.update(small.stripe_product_id, {"name": "Something else"})
    client.v1.prices.update(small.stripe_price_id, {"active": False})
    compare_and_remember()
    small.refresh_from_db()
    assert small.stripe_differences == [
        "Update the product “100 credits”: name is “Something else” in Stripe, “100 credits” here.",
        "Put the price €9.00 of “100 credits” on sale again: it is switched off in Stripe.",
    ]
    run()
    assert compare() == []


def test_an_archived_pack_leaves_the_shop_and_can_come_back(account, small):
    run()
    archive_pack(pack=CreditPack.objects.get())
    run()
    assert on_sale(account) == []
    assert not account.find("product")[0]["active"]
    restore_pack(pack=CreditPack.objects.get())
    run()
    assert on_sale(account) == [("quickscale-credits-small", 900, "one_time")]
    assert len(account.find("price")) == 1


def test_a_pack_is_published_in_its_own_currency_and_at_another_one_anew(account, small):
    twin = CreditPack.objects.create(
        key="small-usd", name="100 credits", credits=Decimal(100), amount=1000, currency="USD"
    )
    run()
    assert {(row["product"], row["currency"]) for row in account.find("price", active=True)} == {
        ("quickscale-credits-small", "eur"),
        ("quickscale-credits-small-usd", "usd"),
    }
    twin.refresh_from_db()
    twin.currency = "GBP"
    save_pack(pack=twin)
    compare_and_remember()
    twin.refresh_from_db()
    assert twin.stripe_price_id == ""
    assert "Create the price £10.00 of “100 credits”." in twin.stripe_differences
    run()
    assert {row["currency"] for row in account.find("price", active=True)} == {"eur", "gbp"}
    assert compare() == []


def test_a_plan_and_a_pack_of_one_key_are_two_things(account, small, team):
    CreditPack.objects.create(key="team", name="Team credits", credits=Decimal(5), amount=1900)
    run()
    ids = {row["id"] for row in account.find("product")}
    assert {"quickscale-team", "quickscale-credits-team"} <= ids
    assert compare() == []
