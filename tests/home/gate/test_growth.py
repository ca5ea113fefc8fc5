"""A gated article costs the same number of queries, and few, however much there is beside it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import api as billing
from billing.catalog.models import Feature, Plan, PlanFeature, PlanVersion, Price
from billing.models import FeatureGrant, StripeCustomer
from home.gate.audience import Audience
from home.gate.models import PageUnlock
from home.navigation.models import Navigation
from tests.factories.billing import FeatureFactory, PlanVersionFactory
from tests.factories.home import ArticlePageFactory, stream
from tests.factories.members import PersonFactory
from tests.home.readers import customer_with, lapse

pytestmark = pytest.mark.django_db

BODY = stream(("text", "<p>Free.</p>"), ("preview_divider", None), ("text", "<p>Paid.</p>"))
MOST = 12


GATES: dict[str, tuple[Audience, int | None]] = {
    "premium": (Audience.PLANS, None),
    "members": (Audience.MEMBERS, None),
    "reads": (Audience.QUOTA, None),
    "reads or credits": (Audience.QUOTA, 2),
    "credits": (Audience.CREDITS, 2),
}


@pytest.fixture
def articles() -> dict[str, Any]:
    """One for each kind of gate; members read one premium article a month."""
    version = PlanVersionFactory(plan__key="ashore", plan__is_default=True, features={"reads": 1})
    features = {"premium": FeatureFactory(key="premium"), "reads": version.plan_features.get().feature}
    return {
        gate: ArticlePageFactory(
            audience=audience,
            audience_feature=features.get(gate.split()[0]),
            audience_credits=price,
            body=BODY,
        )
        for gate, (audience, price) in GATES.items()
    }


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


def fill_grants(last: int, person: Any) -> None:
    """So many features given to the reader by name, where they have a payer."""
    now = timezone.now()
    payers = StripeCustomer.objects.filter(user=person)
    given = Feature.objects.filter(key__in=[f"feature_{n}" for n in range(last)])
    FeatureGrant.objects.bulk_create(
        FeatureGrant(
            customer=payer,
            feature=feature,
            starts_at=now - timedelta(days=1),
            ends_at=now + timedelta(days=9),
            reason="A test.",
        )
        for payer in payers
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


def subscriber() -> Any:
    """Of a plan of their own, with the feature of the premium article."""
    return customer_with("premium", plan=f"Plan {uuid4()}")


def lapsed() -> Any:
    person = subscriber()
    lapse(person)
    return person


def payer() -> Any:
    """Somebody who has a payer's row, and no plan."""
    person = PersonFactory()
    billing.note_payer(user=person)
    return person


def who_read(article: Any) -> Any:
    """Somebody whose reading of the article counted, and was their last."""
    person = payer()
    billing.use(person, "reads", key=f"page-{article.pk}")
    return person


def who_read_another(article: Any) -> Any:
    person = payer()
    billing.use(person, "reads", key="page-0")
    return person


def buyer(article: Any) -> Any:
    person = payer()
    PageUnlock.objects.create(page=article, reader=person, credits=2, paid_at=timezone.now())
    return person


def a_new(make: Callable[[], Any]) -> Callable[[Any], Any]:
    return lambda _: make()


VISITS: dict[str, tuple[str, Callable[[Any], Any], bool]] = {
    "a customer whose plan opens it": ("premium", a_new(subscriber), True),
    "a customer whose plan ended": ("premium", a_new(lapsed), False),
    "a member whose plan does not open it": ("premium", a_new(PersonFactory), False),
    "a member at a page for members": ("members", a_new(PersonFactory), True),
    "a first reading that counts": ("reads", a_new(PersonFactory), True),
    "a customer's reading that counts": ("reads", a_new(subscriber), True),
    "a repeated reading": ("reads", who_read, True),
    "a used up quota": ("reads", who_read_another, False),
    "a used up quota where credits would do": ("reads or credits", who_read_another, False),
    "a page bought in place of a quota": ("reads or credits", buyer, True),
    "a page that is not bought": ("credits", a_new(payer), False),
    "a page that is bought": ("credits", buyer, True),
}
"""Which gate, who comes there for the first time, and whether they read on."""


def cost_of(visit: str, articles: dict[str, Any], many: int) -> int:
    """The queries of a first visit to a process that knows the catalog, and nothing of the reader.

    That a session was last seen now is noted once in five minutes, beside the page.
    """
    gate, reader, reads_on = VISITS[visit]
    person, client = reader(articles[gate]), Client()
    fill_grants(many, person)
    client.force_login(person)
    Client().get(articles["premium"].get_url())
    cache.add(f"members:seen:{client.session.session_key}", True)
    with CaptureQueriesContext(connection) as captured:
        content = client.get(articles[gate].get_url()).content.decode()
    assert ("Paid." in content) is reads_on, visit
    return len(captured)


def test_no_visit_costs_more_than_twelve_queries_beside_ten_or_a_thousand_of_everything(
    articles: dict[str, Any],
) -> None:
    site = articles["premium"].get_site()
    navigation = Navigation.for_site(site)
    entry = {"label": "", "page": articles["premium"].get_parent().pk, "url": "", "children": []}
    navigation.header = [{"type": "item", "value": entry}]
    navigation.save()

    measured = []
    for first, last in ((0, 10), (10, 1000)):
        fill_catalog(first, last)
        fill_pages(first, last, articles["premium"])
        measured.append({visit: cost_of(visit, articles, last) for visit in VISITS})

    assert measured[0] == measured[1]
    assert max(measured[0].values()) <= MOST, measured[0]
