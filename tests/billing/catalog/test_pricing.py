"""What the pricing page shows, and what showing it costs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from billing import api
from billing.catalog.cards import amount_in_words
from billing.catalog.models import PlanVersion
from billing.catalog.packs import CreditPack
from home.models import StandardPage
from tests.factories.billing import (
    FeatureFactory,
    InvoiceFactory,
    PlanFeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    StripeCustomerFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def offer(key: str, month: int = 1900, year: int | None = 19000, **version) -> None:
    made = PlanVersionFactory(plan__key=key, **version)
    PriceFactory(version=made, amount=month)
    if year:
        PriceFactory(version=made, amount=year, interval="year")


def test_only_current_versions_of_public_plans_are_on_offer_in_their_order():
    offer("second", plan__position=2)
    offer("first", plan__position=1)
    offer("hidden", plan__is_public=False)
    offer("archived", plan__archived_at="2026-01-01T00:00Z")
    offer("first", plan__position=1, number=2, is_current=False)
    assert [card.key for card in api.pricing()] == ["first", "second"]


def test_a_card_carries_prices_in_words_and_what_a_year_saves():
    offer("team", trial_days=14, plan__is_highlighted=True, plan__badge="Most teams")
    [card] = api.pricing()
    assert (card.monthly.formatted, card.monthly.amount, card.monthly.per) == ("€19", 1900, "per month")
    assert (card.yearly.formatted, card.yearly.monthly_equivalent, card.yearly.saving_percent) == (
        "€190",
        "€15.83",
        16,
    )
    assert (card.trial_days, card.highlighted, card.badge) == (14, True, "Most teams")
    assert card.checkout_url == "/billing/checkout/team/"


def test_the_sites_currency_is_the_one_on_the_card(settings):
    offer("team")
    PriceFactory(version=PlanVersion.objects.get(), currency="USD", amount=2100)
    settings.BILLING_CURRENCY = "USD"
    [card] = api.pricing()
    assert (card.monthly.formatted, card.yearly) == ("$21", None)
    assert {price.currency for price in card.prices} == {"EUR", "USD"}


@pytest.mark.parametrize(
    ("month", "year", "saving"), [(1000, 12000, 0), (1000, 13000, 0), (1200, 12000, 16), (3, 1, 97)]
)
def test_a_saving_is_never_rounded_up_nor_below_nothing(month, year, saving):
    offer("team", month, year)
    assert api.pricing()[0].yearly.saving_percent == saving


def test_a_year_without_a_month_saves_nothing():
    version = PlanVersionFactory()
    PriceFactory(version=version, interval="year")
    assert (api.pricing()[0].monthly, api.pricing()[0].yearly.saving_percent) == (None, 0)


@pytest.mark.parametrize(
    ("fields", "value", "words"),
    [
        ({"name": "Exports"}, None, "Exports"),
        ({"kind": "limit", "unit": "people"}, 1200, "1,200 people"),
        ({"kind": "limit", "unit": "articles", "period": "month"}, 3, "3 articles a month"),
        ({"kind": "limit", "unit": "people"}, None, "Unlimited people"),
        ({"kind": "limit", "name": "People"}, None, "Unlimited people"),
        ({"kind": "limit", "name": "People", "unit": "people"}, 1, "People: 1"),
        ({"kind": "limit", "name": "Seats"}, 3, "Seats: 3"),
        ({"kind": "limit", "name": "Storage", "unit": "MB"}, 20000, "Storage: 20,000 MB"),
        ({"kind": "meter", "unit": "questions", "period": "day"}, 5, "5 questions a day"),
    ],
)
def test_how_much_a_plan_gives_is_said_in_words(fields, value, words):
    assert amount_in_words(FeatureFactory(**fields), value) == words


def test_the_matrix_compares_every_feature_of_every_plan():
    exports = FeatureFactory(key="exports", position=1)
    seats = FeatureFactory(key="seats", kind="limit", position=2)
    small = PlanVersionFactory(plan__position=1)
    large = PlanVersionFactory(plan__position=2)
    PlanFeatureFactory(version=small, feature=seats, value=0)
    PlanFeatureFactory(version=large, feature=seats, value=None)
    PlanFeatureFactory(version=large, feature=exports)
    matrix = api.feature_matrix()
    assert [(row.key, row.values) for row in matrix.rows] == [
        ("exports", (False, True)),
        ("seats", (False, "Unlimited")),
    ]
    PlanFeatureFactory(version=small, feature=exports)
    assert api.feature_matrix().rows[0].values == (True, True)


def test_the_matrix_names_the_measure_of_an_amount_but_not_what_the_line_says_already():
    storage = FeatureFactory(key="storage", kind="limit", name="Storage", unit="MB", position=1)
    seats = FeatureFactory(key="seats", kind="limit", name="People", unit="people", position=2)
    version = PlanVersionFactory(plan__position=1)
    PlanFeatureFactory(version=version, feature=storage, value=20000)
    PlanFeatureFactory(version=version, feature=seats, value=10)
    assert [row.values for row in api.feature_matrix().rows] == [("20,000 MB",), ("10",)]


def test_a_limit_of_nothing_is_not_included():
    seats = FeatureFactory(key="seats", kind="limit", name="People", unit="people")
    PlanFeatureFactory(version=PlanVersionFactory(plan__position=1), feature=seats, value=0)
    PlanFeatureFactory(version=PlanVersionFactory(plan__position=2), feature=seats, value=5)
    lines = [card.features[0] for card in api.pricing()]
    assert [(line.label, line.included) for line in lines] == [("People", False), ("5 people", True)]


@pytest.mark.parametrize("count", [1, 12])
def test_what_is_on_offer_costs_three_queries(count, django_assert_num_queries):
    for number in range(count):
        offer(f"plan-{number}", features={"seats": number, "exports": None})
    with django_assert_num_queries(3):
        api.pricing()
    with django_assert_num_queries(3):
        api.feature_matrix()


def test_editors_choose_features_by_name():
    FeatureFactory(key="exports", name="Exports")
    assert api.feature_choices() == [("exports", "Exports")]
    assert api.feature_keys() == frozenset({"exports"})


def render(template: str, user=None, query: str = "", page=None) -> str:
    request = RequestFactory().get(f"/pricing/{query}")
    request.user = user or AnonymousUser()
    return Template("{% load pricing %}" + template).render(Context({"request": request, "page": page}))


def test_the_table_sells_every_plan_by_month_and_by_year():
    offer("team", plan__name="Team", trial_days=14, features={"seats": 3})
    content = render("{% pricing_table %}")
    for words in ("€19", "€190", "save 16%", "Try 14 days free", "Seats: 3"):
        assert words in content
    assert "/billing/checkout/team/?interval=month" in content
    assert "/billing/checkout/team/?interval=year" in content
    assert "style=" not in content


def test_the_table_marks_the_readers_own_plan_and_does_not_sell_it_again():
    offer("team", plan__name="Team")
    subscription = SubscriptionFactory(price__version__plan__key="crew")
    content = render("{% pricing_table %}", subscription.customer.user)
    assert "Your plan" in content
    assert "/billing/checkout/" not in content
    assert "/billing/change/crew/" not in content
    assert "/billing/change/team/" in content
    assert "Change to Team" in content
    assert "Your plan" not in render("{% pricing_table %}", UserFactory())


def in_dollars(key: str) -> None:
    version = PlanVersion.objects.get(plan__key=key)
    PriceFactory(version=version, currency="USD", amount=2100)
    PriceFactory(version=version, currency="USD", amount=18900, interval="year")


def test_one_currency_is_no_choice():
    offer("team")
    assert "?currency=" not in render("{% pricing_table %}")


def test_the_currency_is_chosen_by_a_link_and_goes_along_to_the_checkout():
    offer("team")
    in_dollars("team")
    content = render("{% pricing_table %}")
    assert 'href="?currency=USD"' in content
    assert "€19" in content
    assert "currency=" not in content.split("/billing/checkout/team/?interval=month")[1][:12]

    content = render("{% pricing_table %}", query="?currency=usd")
    for words in ("$21", "$189", "save 25%", "/billing/checkout/team/?interval=year&amp;currency=USD"):
        assert words in content
    assert "€19" not in content


@pytest.mark.parametrize("query", ["?currency=XXX", "?currency=JPY", "?currency=", "?billing-interval=day"])
def test_a_currency_that_nothing_is_sold_in_changes_nothing(query):
    offer("team")
    in_dollars("team")
    assert "€19" in render("{% pricing_table %}", query=query)


def test_a_plan_without_a_price_in_the_currency_is_shown_in_the_sites():
    offer("team")
    offer("crew", month=4200)
    in_dollars("team")
    content = render("{% pricing_table %}", query="?currency=USD")
    assert "$21" in content
    assert "€42" in content


def test_who_chose_a_currency_sees_it_and_who_has_a_plan_sees_that_ones():
    offer("team")
    in_dollars("team")
    chosen = StripeCustomerFactory(currency="USD").user
    assert "$21" in render("{% pricing_table %}", chosen)
    bound = SubscriptionFactory(price__currency="EUR", customer__currency="USD").customer.user
    content = render("{% pricing_table %}", bound, query="?currency=USD")
    assert "€19" in content
    assert "?currency=" not in content


def test_a_page_that_is_kept_for_many_marks_nobodys_plan():
    offer("team", plan__name="Team")
    price = PlanVersion.objects.get().prices.get(interval="month")
    user = SubscriptionFactory(price=price).customer.user
    assert "Your plan" in render("{% pricing_table %}", user)
    assert "Your plan" not in render("{% pricing_table %}", user, page=StandardPage())


def test_packs_lead_to_their_order_while_they_are_on_sale():
    for key, fields in {
        "small": {"name": "100 credits", "stripe_price_id": "price_1"},
        "hidden": {"is_public": False, "stripe_price_id": "price_2"},
        "unknown": {},
        "foreign": {"currency": "USD", "stripe_price_id": "price_3"},
    }.items():
        CreditPack.objects.create(key=key, credits=100, amount=900, **{"name": key, **fields})
    content = render("{% plans_and_packs %}")
    assert 'href="/billing/credits/buy/small/"' in content
    assert "€9.00" in content
    assert content.count("/billing/credits/buy/") == 1
    CreditPack.objects.update(is_public=False)
    assert "Credits when you need more" not in render("{% plans_and_packs %}")


def packs(*currencies: str) -> None:
    for currency in currencies:
        name = f"100 for {currency}"
        CreditPack.objects.create(
            key=f"small-{currency.lower()}", name=name, credits=100, amount=900, currency=currency,
            stripe_price_id=f"price_{currency}",
        )  # fmt: skip


def packs_shown(user=None, query: str = "") -> list[str]:
    content = render("{% plans_and_packs %}", user, query)
    return [code for code in ("EUR", "USD", "GBP") if f"buy/small-{code.lower()}/" in content]


def test_packs_are_shown_in_the_currency_of_the_plans():
    offer("team")
    in_dollars("team")
    packs("EUR", "USD")
    assert packs_shown() == ["EUR"]
    assert packs_shown(query="?currency=usd") == ["USD"]
    assert packs_shown(StripeCustomerFactory(currency="USD").user) == ["USD"]
    bound = SubscriptionFactory(price__currency="USD").customer.user
    assert packs_shown(bound, query="?currency=EUR") == ["USD"]


def test_an_open_invoice_holds_the_currency_of_the_pricing_page():
    offer("team")
    in_dollars("team")
    packs("EUR", "USD")
    bound = InvoiceFactory(status="open", amount_remaining=100, currency="USD").customer.user
    content = render("{% plans_and_packs %}", bound, query="?currency=EUR")
    assert "$21" in content
    assert "?currency=" not in content
    assert packs_shown(bound, query="?currency=EUR") == ["USD"]


def test_a_currency_that_packs_alone_are_sold_in_can_be_chosen():
    offer("team")
    packs("EUR", "GBP")
    content = render("{% plans_and_packs %}", query="?currency=GBP")
    assert 'href="?currency=GBP"' in content
    assert "€19" in content
    assert packs_shown(query="?currency=GBP") == ["GBP"]


def test_where_no_pack_is_in_the_readers_currency_those_in_the_sites_are_shown_and_that_is_said():
    offer("team")
    in_dollars("team")
    packs("EUR", "GBP")
    assert "so these are in EUR" not in render("{% plans_and_packs %}")
    assert "No credits are sold in USD at the moment, so these are in EUR." in render(
        "{% plans_and_packs %}", query="?currency=USD"
    )
    assert packs_shown(query="?currency=USD") == ["EUR"]


def test_plans_and_packs_cost_the_same_whatever_there_is_of_them(django_assert_num_queries):
    person = StripeCustomerFactory(currency="USD").user
    offer("team")
    packs("EUR")
    render("{% plans_and_packs %}", person)
    with CaptureQueriesContext(connection) as few:
        render("{% plans_and_packs %}", person)
    offer("crew")
    in_dollars("crew")
    packs("USD", "GBP")
    render("{% plans_and_packs %}", person)
    with django_assert_num_queries(len(few)):
        render("{% plans_and_packs %}", person)


def test_a_plan_with_one_price_says_which_and_the_free_one_costs_nothing():
    offer("team", year=None)
    PlanVersionFactory(plan__is_default=True, plan__key="free")
    content = render("{% pricing_table %}")
    assert "Paid by the month only." in content
    assert "€0" in content
    assert "/billing/checkout/free/" not in content


def test_without_plans_the_table_says_so():
    assert "No plans on sale yet" in render("{% pricing_table %}")
    assert render("{% feature_matrix %}").strip() == ""


def test_the_comparison_shows_every_feature():
    offer("team", plan__name="Team", features={"exports": None, "seats": 3})
    content = render("{% feature_matrix %}")
    for words in ("Team", "Exports", "Seats", "3", "Included"):
        assert words in content
