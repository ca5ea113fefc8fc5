"""Credits are bought in the currency that plans are paid in, and nobody is charged in another."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.catalog.pack_services import archive_pack
from billing.credits.care import look_after, save_settings
from billing.credits.purchase_models import CreditPurchase, CreditSettings, ReloadMonth
from billing.credits.queries import balance
from billing.subscriptions.services import reconcile_customer
from tests.billing.credits.conftest import buy
from tests.factories.billing import InvoiceFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
PAGE = "/billing/credits/"


@pytest.fixture
def dollars(sell_pack):
    return sell_pack("hundred-usd", 1000, "USD")


def words(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def shown(visitor, **asked) -> list[str]:
    return [pack.currency for pack, _ in visitor.get(PAGE, asked).context["packs"]]


def pay_in_dollars(customer, why: str) -> None:
    if why == "plan":
        SubscriptionFactory(customer=customer, price__currency="USD")
    elif why == "resting plan":
        SubscriptionFactory(customer=customer, price__currency="USD", status="unpaid")
    elif why == "invoice":
        InvoiceFactory(customer=customer, status="open", amount_remaining=100, currency="USD")
    elif why == "balance":
        reconcile_customer(customer_id=customer.pk)
        customer.refresh_from_db()
        mirror = customer.djstripe_customer
        mirror.stripe_data |= {"currency": "usd", "balance": 500}
        mirror.save()


HELD = pytest.mark.parametrize("why", ["plan", "resting plan", "invoice", "balance"])


@HELD
def test_whoever_is_held_by_a_currency_is_offered_packs_in_no_other(visitor, customer, pack, dollars, why):
    assert shown(visitor) == ["EUR"]
    pay_in_dollars(customer, why)
    assert shown(visitor) == shown(visitor, currency="EUR") == ["USD"]
    assert "?currency=" not in visitor.get(PAGE).content.decode()


@HELD
@pytest.mark.parametrize("way", ["card", "page"])
def test_a_pack_in_another_currency_is_refused_and_nothing_is_charged(
    stripe, visitor, customer, pack, dollars, why, way
):
    pay_in_dollars(customer, why)
    answer = visitor.post(
        reverse("billing:buy_credits", args=[pack.key]),
        {"reference": str(uuid4()), "quantity": 1, "with": way, "currency": "EUR"},
    )
    page = words(visitor.get(answer.url))
    assert "This pack is sold in EUR, and you pay in USD. Nothing was charged" in page
    assert not CreditPurchase.objects.exists()
    assert stripe.find("charge") == stripe.find("checkout.session") == []
    assert buy(visitor, dollars, **{"with": "card"}).status_code == 302
    assert (CreditPurchase.objects.get().currency, balance(customer).available) == ("USD", 100)
    assert stripe.find("charge")[0]["currency"] == "usd"


def test_the_order_of_a_pack_in_another_currency_leads_to_those_in_the_own(visitor, customer, pack, dollars):
    pay_in_dollars(customer, "plan")
    page = visitor.get(reverse("billing:buy_credits", args=[pack.key]), follow=True)
    assert "not in your currency" in words(page)
    assert [one.currency for one, _ in page.context["packs"]] == ["USD"]


def test_whom_nothing_holds_chooses_the_currency_by_a_link_and_keeps_it_on_every_way(
    stripe, visitor, customer, pack, dollars
):
    assert 'href="?currency=USD"' in visitor.get(PAGE, {"next": "/reports/"}).content.decode()
    assert shown(visitor, currency="usd") == ["USD"]
    assert shown(visitor, currency="XXX") == ["EUR"]
    answer = buy(visitor, dollars)
    cancelled = stripe.find("checkout.session")[0]["cancel_url"]
    page = visitor.get(PAGE, {"cancelled": "1", "currency": "USD"})
    assert cancelled.endswith(f"{PAGE}?cancelled=1&currency=USD")
    assert (page.context["came_from"], answer.status_code) == ("/reports/", 303)
    refused = buy(visitor, dollars, quantity=0)
    assert [one.currency for one, _ in visitor.get(refused.url).context["packs"]] == ["USD"]
    ended = visitor.get(reverse("billing:credits_bought", args=[CreditPurchase.objects.get().reference]))
    assert ended.context["packs_href"].endswith("currency=USD")


def test_the_currency_that_was_chosen_for_invoices_is_that_of_packs(visitor, customer, pack, dollars):
    customer.currency = "USD"
    customer.save()
    assert shown(visitor) == ["USD"]
    assert shown(visitor, currency="EUR") == ["EUR"]


def test_without_packs_in_the_own_currency_those_in_the_sites_are_offered_sold_and_named(
    visitor, customer, pack, sell_pack
):
    sell_pack("hundred-gbp", 800, "GBP")
    pay_in_dollars(customer, "plan")
    page = words(visitor.get(PAGE))
    assert "No credits are sold in USD at the moment, so these are in EUR." in page
    assert shown(visitor) == ["EUR"]
    buy(visitor, pack, **{"with": "card"})
    assert (CreditPurchase.objects.get().status, balance(customer).available) == ("paid", 100)


def test_stripe_takes_one_payment_in_another_currency_than_the_plans(
    stripe, visitor, customer, subscribe, publish, dollars
):
    subscribe(publish("cutter", 3600))
    reconcile_customer(customer_id=customer.pk)
    buy(visitor, dollars, **{"with": "card"})
    paid = CreditPurchase.objects.get()
    assert (paid.status, paid.currency, paid.formatted) == ("paid", "USD", "$10.00")
    buy(visitor, dollars)
    stripe.complete_checkout(CreditPurchase.objects.latest("pk").stripe_session_id)
    assert [charge["currency"] for charge in stripe.find("charge")].count("usd") == 2


def sent(pack, **fields) -> dict:
    return {"reload_on": "on", "reload_below": "50", "reload_pack": pack.pk, "most_per_month": "4", **fields}


def test_auto_reload_chooses_among_the_packs_in_the_own_currency(visitor, customer, pack, dollars):
    pay_in_dollars(customer, "plan")
    address = reverse("billing:credit_settings")
    page = words(visitor.get(address))
    assert "100 credits for $10.00" in page
    assert "€9.00" not in page
    assert "a month, in USD" in page
    refused = visitor.post(address, sent(pack, most_money="36"))
    assert refused.status_code == 422
    assert "Select a valid choice" in words(refused)
    assert visitor.post(address, sent(dollars, most_money="36")).url == PAGE
    assert CreditSettings.objects.get().most_money_per_month == 3600


def test_a_pack_that_was_chosen_in_another_currency_goes_on_and_is_named(
    stripe, visitor, customer, pack, dollars
):
    address = reverse("billing:credit_settings")
    visitor.post(address, sent(pack, most_money="36"))
    pay_in_dollars(customer, "plan")
    page = words(visitor.get(address))
    assert "You chose a pack in EUR, and your packs are in USD now" in page
    assert "in the currency of the pack" in page
    assert 'value="36.00"' in page
    look_after(customer_id=customer.pk)
    assert stripe.find("charge")[-1]["currency"] == "eur"
    assert visitor.post(address, sent(pack, most_money="40")).url == PAGE
    assert visitor.post(address, sent(dollars, most_money="50")).url == PAGE
    assert "You chose a pack in EUR" not in words(visitor.get(address))


def test_a_stored_pack_that_was_archived_is_offered_no_more(visitor, customer, pack, dollars):
    address = reverse("billing:credit_settings")
    visitor.post(address, sent(pack, most_money="36"))
    archive_pack(pack=pack)
    page = words(visitor.get(address))
    assert "€9.00" not in page
    assert "$10.00" in page
    assert "Select a valid choice" in words(visitor.post(address, sent(pack, most_money="36")))


def test_the_months_limit_is_money_of_the_packs_currency(visitor, customer, pack, sell_pack):
    address = reverse("billing:credit_settings")
    visitor.post(address, sent(pack, most_money="36"))
    yen = sell_pack("hundred-jpy", 1500, "JPY")
    customer.currency = "JPY"
    customer.save()
    assert "JPY has no decimals" in words(visitor.post(address, sent(yen, most_money="1500.50")))
    assert "One purchase costs ¥1,500" in words(visitor.post(address, sent(yen, most_money="1499")))
    visitor.post(address, sent(yen, most_money="5000"))
    assert CreditSettings.objects.get().most_money_per_month == 5000
    assert 'value="5000"' in words(visitor.get(address))


def test_a_month_counts_money_in_each_currency_by_itself_and_purchases_in_all_of_them(
    visitor, customer, pack, dollars
):
    wanted = CreditSettings(customer=customer, reload_on=True)
    for bought, below in ((pack, 50), (dollars, 150)):
        wanted.reload_pack, wanted.reload_below = bought, below
        wanted.most_money_per_month = bought.amount
        save_settings(wanted)
        look_after(customer_id=customer.pk)
    months = ReloadMonth.objects.order_by("currency").values_list("currency", "count", "amount")
    assert list(months) == [("EUR", 1, 900), ("USD", 1, 1000)]
    wanted.reload_below, wanted.most_money_per_month, wanted.most_per_month = 350, 9000, 2
    save_settings(wanted)
    look_after(customer_id=customer.pk)
    assert CreditPurchase.objects.count() == 2


def test_looking_at_packs_costs_the_same_whatever_is_on_sale(visitor, customer, pack, sell_pack):
    pay_in_dollars(customer, "plan")
    visitor.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        visitor.get(PAGE)
    for number in range(6):
        sell_pack(f"more-{number}", 900 + number, ["EUR", "USD"][number % 2])
    visitor.get(PAGE)
    with CaptureQueriesContext(connection) as many:
        visitor.get(PAGE)
    assert len(many) == len(few)
