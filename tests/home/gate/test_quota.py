"""“So many pages a month”: each page counts once, and only when a person opens it."""

from typing import Any

import pytest
from django.test import Client

from billing.models import UsageEvent
from home.gate.audience import Audience
from home.gate.quota import page_key
from home.pages.articles import ArticlePage
from tests.factories.billing import PlanVersionFactory, PriceFactory
from tests.factories.files import FileFactory
from tests.factories.home import (
    ArticleIndexPageFactory,
    ArticlePageFactory,
    HelpIndexPageFactory,
    StandardPageFactory,
    stream,
)
from tests.factories.members import PersonFactory, person_in
from tests.home.gate.test_tally import sums

pytestmark = pytest.mark.django_db

FREE, PAID = "The free part.", "The counted part."
BODY = (("text", f"<p>{FREE}</p>"), ("preview_divider", None), ("text", f"<p>{PAID}</p>"))


@pytest.fixture
def reads() -> Any:
    """Two articles a month for every member, ten with a plan that can be bought."""
    free = PlanVersionFactory(plan__key="ashore", plan__is_default=True, features={"reads": 2})
    bigger = PlanVersionFactory(plan__key="cutter", plan__name="Cutter", features={"reads": 10})
    PriceFactory(version=bigger, stripe_price_id="price_cutter")
    feature = free.plan_features.get().feature
    feature.name, feature.unit, feature.period = "Premium articles", "articles", "month"
    feature.save()
    return feature


def article_for(feature: Any, **facts: Any) -> ArticlePage:
    return ArticlePageFactory(
        **{"audience": Audience.QUOTA, "audience_feature": feature, "body": stream(*BODY), **facts}
    )


def read(client: Client, page: Any, **extra: Any) -> str:
    response = client.get(page.get_url(), **extra)
    assert response.status_code == 200
    return response.content.decode()


def counted() -> int:
    return UsageEvent.objects.count()


def test_a_visitor_is_told_that_members_read_for_nothing(client: Client, reads: Any) -> None:
    content = read(client, article_for(reads))

    assert FREE in content
    assert PAID not in content
    assert "Sign in to go on" in content
    assert "Premium articles: members have 2 for nothing." in content


def test_a_member_reads_until_the_quota_is_used_up_and_is_told_how_many_are_left(
    client: Client, reads: Any
) -> None:
    first, second, third = (article_for(reads) for _ in range(3))
    client.force_login(PersonFactory())

    assert "You can read 1 more." in read(client, first)
    assert "It is the last one for now." in read(client, second)
    refused = read(client, third)

    assert PAID not in refused
    assert "You have used 2 of 2 articles." in refused
    assert "Get Cutter" in refused
    assert counted() == 2


def test_a_page_counts_once_and_stays_open_when_the_quota_is_used_up(client: Client, reads: Any) -> None:
    first, second = article_for(reads), article_for(reads)
    client.force_login(PersonFactory())
    for page in (first, first, second, first):
        assert PAID in read(client, page)

    assert counted() == 2


def test_an_alias_is_the_same_reading_as_its_original(client: Client, reads: Any) -> None:
    page = article_for(reads)
    alias = page.create_alias(parent=ArticleIndexPageFactory(title="Elsewhere"))
    client.force_login(PersonFactory())

    assert PAID in read(client, page)
    assert PAID in read(client, alias)
    assert counted() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"user-agent": "facebookexternalhit/1.1"},
        {"user-agent": "curl/8.0"},
    ],
)
def test_a_machine_uses_nothing_up_and_reads_the_free_part(
    client: Client, reads: Any, headers: dict[str, str]
) -> None:
    page = article_for(reads)
    client.force_login(PersonFactory())

    content = read(client, page, headers=headers)

    assert PAID not in content
    assert "It counts, and you have 2 left." in content
    assert counted() == 0


@pytest.mark.parametrize(
    "headers", [{"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"}]
)
def test_a_browser_that_looks_ahead_gets_nothing_to_show_later(
    client: Client, reads: Any, headers: dict[str, str]
) -> None:
    page = article_for(reads)
    client.force_login(PersonFactory())

    response = client.get(page.get_url(), headers=headers)

    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
    assert counted() == 0


def test_asking_for_the_head_uses_nothing_up(client: Client, reads: Any) -> None:
    page = article_for(reads)
    client.force_login(PersonFactory())

    assert client.head(page.get_url()).status_code == 200
    assert counted() == 0


def test_a_document_opens_with_its_page_and_never_counts_by_itself(client: Client, reads: Any) -> None:
    document = FileFactory(content="The file")
    link = ("text", f'<p><a linktype="document" id="{document.pk}">File</a></p>')
    page = article_for(reads, body=stream(*BODY, link))
    client.force_login(PersonFactory())

    refused = client.get(document.url)
    assert refused.status_code == 403
    assert counted() == 0

    read(client, page)
    assert client.get(document.url).status_code == 200
    assert counted() == 1


def test_a_section_on_an_open_page_counts_the_page(client: Client, reads: Any) -> None:
    content = [{"type": "text", "value": f"<p>{PAID}</p>", "id": "inside"}]
    section = {"audience": "quota", "feature": "reads", "credits": None, "content": content}
    page = StandardPageFactory(body=stream(("members_only", section), ("members_only", section)))
    client.force_login(PersonFactory())

    shown = read(client, page)

    assert shown.count(PAID) == 2
    assert "You can read 1 more." in shown
    assert counted() == 1


def test_an_editor_reads_all_and_uses_nothing_up(client: Client, reads: Any) -> None:
    client.force_login(person_in("Editors"))

    assert PAID in read(client, article_for(reads))
    assert counted() == 0


def test_lists_lock_what_a_used_up_quota_keeps_shut(client: Client, reads: Any) -> None:
    section = ArticleIndexPageFactory()
    pages = [article_for(reads, parent=section) for _ in range(3)]
    locked = "qs-badge--warning"
    assert read(client, section).count(locked) == 3

    client.force_login(PersonFactory())
    assert locked not in read(client, section)
    for page in pages[:2]:
        read(client, page)

    content = read(client, section)
    assert content.count(locked) == 1
    assert "Cutter" in content


@pytest.mark.parametrize("factory", [ArticleIndexPageFactory, HelpIndexPageFactory])
def test_a_list_of_pages_counts_nothing_and_stays_open_when_the_quota_is_used_up(
    client: Client, reads: Any, factory: Any
) -> None:
    section = factory(audience=Audience.QUOTA, audience_feature=reads)
    pages = [article_for(reads) for _ in range(2)]
    client.force_login(PersonFactory())
    for page in (section, section, pages[0], pages[1], section):
        read(client, page)
    assert client.get(section.get_url(), headers={"sec-purpose": "prefetch"}).status_code == 200

    assert set(UsageEvent.objects.values_list("event_id", flat=True)) == {page_key(page) for page in pages}
    assert sums(section) == (3, 0, 0, 0)
    client.logout()
    read(client, section)
    assert sums(section) == (4, 1, 0, 0)


def test_a_quota_whose_feature_is_gone_opens_for_nobody(client: Client, reads: Any) -> None:
    page = article_for(None)
    client.force_login(PersonFactory())

    assert PAID not in read(client, page)


@pytest.mark.parametrize("visit", ["first", "later"])
def test_a_counted_article_costs_a_known_number_of_queries(
    client: Client, reads: Any, visit: str, django_assert_max_num_queries: Any
) -> None:
    page = article_for(reads)
    person = PersonFactory()
    client.force_login(person)
    read(client, article_for(reads))
    if visit == "later":
        read(client, page)

    with django_assert_max_num_queries({"first": 12, "later": 10}[visit]):
        assert PAID in read(client, page)
