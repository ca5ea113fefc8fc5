"""A gated article costs the same number of queries, and few, however much there is beside it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.catalog.models import Feature, Plan, PlanFeature, PlanVersion, Price
from billing.models import FeatureGrant
from home.gate.audience import Audience
from home.navigation.models import Navigation
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticlePageFactory, stream
from tests.factories.members import PersonFactory
from tests.home.readers import customer_with

pytestmark = pytest.mark.django_db

BODY = stream(("text", "<p>Free.</p>"), ("preview_divider", None), ("text", "<p>Paid.</p>"))
MOST = 12


@pytest.fixture
def article() -> Any:
    """Gated for a feature."""
    return ArticlePageFactory(
        audience=Audience.PLANS, audience_feature=FeatureFactory(key="premium"), body=BODY
    )


def fill_catalog(first: int, last: int) -> None:
    """So many features, and so many plans on sale with one of them each."""
    features = Feature.objects.bulk_create(
        Feature(key=f"feature_{n}", name=f"Feature {n}") for n in range(first, last)
    )
    plans = Plan.objects.bulk_create(Plan(key=f"beside-{n}", name=f"Beside {n}") for n in range(first, last))
    versions = PlanVersion.objects.bulk_create(PlanVersion(plan=plan, number=1) for plan in plans)
    pairs = list(zip(versions, features, strict=True))
    PlanFeature.objects.bulk_create(
        PlanFeature(version=version, feature=feature) for version, feature in pairs
    )
    Price.objects.bulk_create(
        Price(version=version, amount=100, stripe_price_id=f"price_{version.pk}") for version in versions
    )


def fill_grants(first: int, last: int, person: Any) -> None:
    """So many features given to the reader by name."""
    now = timezone.now()
    given = Feature.objects.filter(key__in=[f"feature_{n}" for n in range(first, last)])
    FeatureGrant.objects.bulk_create(
        FeatureGrant(
            customer=person.stripe_customer,
            feature=feature,
            starts_at=now - timedelta(days=1),
            ends_at=now + timedelta(days=9),
            reason="A test.",
        )
        for feature in given
    )


def fill_pages(first: int, last: int, article: Any) -> None:
    """So many articles beside this one, copied in the database."""
    parent = article.path[:-4]
    copies = {
        "wagtailcore_page": {
            "id": "id + 100000 + n",
            "path": f"'{parent}' || lpad((2000 + n)::text, 4, '0')",
            "slug": "'copy-' || n",
            "url_path": "url_path || n || '/'",
            "translation_key": "gen_random_uuid()",
        },
        "home_sitepage": {"page_ptr_id": "page_ptr_id + 100000 + n"},
        "home_articlepage": {"sitepage_ptr_id": "sitepage_ptr_id + 100000 + n"},
    }
    with connection.cursor() as cursor:
        for table, different in copies.items():
            own = next(iter(different))
            columns = [
                column.name for column in connection.introspection.get_table_description(cursor, table)
            ]
            chosen = ", ".join(different.get(column, f'"{column}"') for column in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(
                f'INSERT INTO "{table}" ({names}) SELECT {chosen} FROM "{table}", '  # noqa: S608
                f"generate_series({first + 1}, {last}) n WHERE {own} = {article.pk}"
            )


def queries_of(client: Client, page: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page.get_url()).status_code == 200
    return len(captured)


READERS: dict[str, Callable[[], Any]] = {
    "customer": lambda: customer_with("premium"),
    "refused member": PersonFactory,
}


@pytest.mark.parametrize("who", list(READERS))
def test_an_article_costs_twelve_queries_at_most_beside_ten_and_a_thousand_of_everything(
    client: Client, article: Any, who: str
) -> None:
    person = READERS[who]()
    site = article.get_site()
    navigation = Navigation.for_site(site)
    entry = {"label": "", "page": article.get_parent().pk, "url": "", "children": []}
    navigation.header = [{"type": "item", "value": entry}]
    navigation.save()
    client.force_login(person)

    measured = []
    for first, last in ((0, 10), (10, 1000)):
        fill_catalog(first, last)
        fill_pages(first, last, article)
        if who == "customer":
            fill_grants(first, last, person)
        client.get(article.get_url())
        measured.append(queries_of(client, article))

    assert measured[0] == measured[1]
    assert measured[0] <= MOST
