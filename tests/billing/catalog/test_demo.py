"""The demo's catalog follows its story, and never undoes what an admin did."""

import pytest

from billing.api import feature_matrix, load_demo_catalog, pricing
from billing.catalog.models import Feature, Plan, PlanVersion
from billing.catalog.packs import CreditPack
from billing.catalog.pricing import currencies_on_sale
from billing.catalog.queries import current_version

pytestmark = pytest.mark.django_db


def test_the_demo_sells_three_plans_and_has_a_free_one(settings):
    load_demo_catalog()
    cards = {card.key: card for card in pricing()}
    prices = {
        key: (card.monthly.formatted, card.yearly.formatted) for key, card in cards.items() if card.monthly
    }
    assert prices == {"skiff": ("€12", "€120"), "cutter": ("€36", "€360"), "schooner": ("€96", "€960")}
    assert Plan.objects.get(is_default=True).key == "ashore"
    assert [card.key for card in cards.values() if card.highlighted] == ["cutter"]
    assert {card.trial_days for card in cards.values() if card.monthly} == {14}
    assert set(settings.BILLING_FEATURES) <= set(Feature.objects.values_list("key", flat=True))


def test_the_demo_sells_the_same_packs_in_every_currency_of_its_plans():
    load_demo_catalog()
    sold = list(CreditPack.objects.values_list("currency", "credits"))
    assert {currency for currency, _ in sold} == set(currencies_on_sale()) == {"EUR", "USD"}
    assert len(set(sold)) == 4


def test_the_demo_twice_changes_nothing():
    load_demo_catalog()
    before = list(PlanVersion.objects.values_list("pk", "plan__changed_at")), feature_matrix().rows
    load_demo_catalog()
    assert (list(PlanVersion.objects.values_list("pk", "plan__changed_at")), feature_matrix().rows) == before


def test_what_an_admin_changed_stays_changed():
    load_demo_catalog()
    Plan.objects.filter(key="skiff").update(name="Dinghy")
    Feature.objects.filter(key="api_access").update(name="Our API")
    prices = current_version(Plan.objects.get(key="cutter")).prices.filter(interval="month", currency="EUR")
    prices.update(amount=1)
    load_demo_catalog()
    assert Plan.objects.get(key="skiff").name == "Dinghy"
    assert Feature.objects.get(key="api_access").name == "Our API"
    assert prices.get().amount == 1
