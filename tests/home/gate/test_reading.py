"""What each reader gets of a gated page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from wagtail.models import Page, PageViewRestriction

from home.gate.audience import Audience
from home.gate.pages import NarrowedPageError
from home.gate.reading import Reading
from home.pages.articles import ArticlePage
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticleIndexPageFactory, ArticlePageFactory, StandardPageFactory, stream
from tests.factories.members import PersonFactory, person_in
from tests.home.readers import customer_with, lapse

pytestmark = pytest.mark.django_db

FREE, PAID, SECTION = "The free part.", "The paid part.", "The members' section."
IN_SECTION = [{"type": "text", "value": f"<p>{SECTION}</p>", "id": "inside"}]
BODY = (
    ("text", f"<p>{FREE}</p>"),
    ("preview_divider", None),
    ("text", f"<p>{PAID}</p>"),
)


@pytest.fixture
def premium() -> Any:
    return FeatureFactory(key="premium", name="Premium articles")


@pytest.fixture
def article(premium: Any) -> ArticlePage:
    return ArticlePageFactory(audience=Audience.PLANS, audience_feature=premium, body=stream(*BODY))


def members_only(audience: str = "members", feature: str = "") -> tuple[str, Any]:
    return "members_only", {"audience": audience, "feature": feature, "content": IN_SECTION}


def read(client: Client, page: Any) -> str:
    response = client.get(page.get_url())
    assert response.status_code == 200
    return response.content.decode()


def test_a_visitor_reads_what_stands_above_the_divider_and_what_opens_the_rest(
    client: Client, article: ArticlePage
) -> None:
    customer_with("premium", plan="Cutter")

    content = read(client, article)

    assert FREE in content
    assert PAID not in content
    assert "Premium articles is part of Cutter" in content
    assert "/billing/checkout/" in content
    assert f"/accounts/login/?next={article.get_url().replace('/', '%2F')}" in content


def test_a_member_whose_plan_lacks_the_feature_is_told_so(client: Client, article: ArticlePage) -> None:
    client.force_login(PersonFactory())

    content = read(client, article)

    assert PAID not in content
    assert "Premium articles is not in your plan" in content


def test_a_customer_whose_plan_has_the_feature_reads_all_of_it(client: Client, article: ArticlePage) -> None:
    client.force_login(customer_with("premium"))

    content = read(client, article)

    assert FREE in content
    assert PAID in content
    assert "qs-paywall" not in content
    assert content.index('class="qs-stack--lg paywalled"') < content.index(PAID)


def test_the_page_closes_with_the_next_request_when_the_plan_ends(
    client: Client, article: ArticlePage
) -> None:
    customer = customer_with("premium")
    client.force_login(customer)
    assert PAID in read(client, article)

    lapse(customer)

    assert PAID not in read(client, article)


def test_without_a_divider_the_summary_is_the_preview(client: Client) -> None:
    article = ArticlePageFactory(
        audience=Audience.MEMBERS, summary="In short.", body=stream(("text", f"<p>{PAID}</p>"))
    )

    content = read(client, article)

    assert "In short." in content
    assert PAID not in content
    assert "Read on as a member" in content


def test_a_page_for_members_opens_for_everyone_who_is_signed_in(client: Client) -> None:
    article = ArticlePageFactory(audience=Audience.MEMBERS, body=stream(*BODY))
    client.force_login(PersonFactory())

    assert PAID in read(client, article)


def test_a_divider_on_an_open_page_hides_nothing(client: Client) -> None:
    content = read(client, ArticlePageFactory(body=stream(*BODY)))

    assert PAID in content
    assert "qs-paywall" not in content
    assert "paywalled" not in content


def test_a_members_only_section_shows_others_an_invitation(client: Client) -> None:
    page = StandardPageFactory(body=stream(("text", f"<p>{FREE}</p>"), members_only()))

    content = read(client, page)
    assert FREE in content
    assert SECTION not in content
    assert "Read on as a member" in content

    client.force_login(PersonFactory())
    assert SECTION in read(client, page)


def test_a_section_for_customers_opens_with_their_plan(client: Client, premium: Any) -> None:
    page = StandardPageFactory(body=stream(members_only("plans", "premium")))
    client.force_login(PersonFactory())
    assert SECTION not in read(client, page)

    client.force_login(customer_with("premium"))
    assert SECTION in read(client, page)


def test_a_section_above_the_divider_keeps_its_own_audience(client: Client, premium: Any) -> None:
    article = ArticlePageFactory(
        audience=Audience.PLANS, audience_feature=premium, body=stream(members_only(), *BODY)
    )
    client.force_login(PersonFactory())

    content = read(client, article)

    assert SECTION in content
    assert PAID not in content


@pytest.mark.parametrize("feature", ["", "gone"])
def test_a_section_whose_feature_does_not_exist_opens_for_nobody(client: Client, feature: str) -> None:
    page = StandardPageFactory(body=stream(members_only("plans", feature)))
    client.force_login(PersonFactory())

    content = read(client, page)

    assert SECTION not in content
    assert "closed for now" in content


def test_who_may_edit_the_page_sees_all_of_it(client: Client, article: ArticlePage) -> None:
    client.force_login(person_in("Editors"))
    assert PAID in read(client, article)


def test_a_draft_is_shown_whole_to_its_editor_and_not_at_all_to_others(
    client: Client, article: ArticlePage
) -> None:
    article.save_revision()
    address = f"/admin/pages/{article.pk}/view_draft/"
    assert client.get(address).status_code == 302

    client.force_login(customer_with("premium"))
    assert PAID not in client.get(address).content.decode()

    client.force_login(person_in("Editors"))
    assert PAID in client.get(address).content.decode()


def test_who_works_in_the_admin_but_may_not_edit_pages_sees_what_others_see(
    client: Client, article: ArticlePage
) -> None:
    client.force_login(person_in("Billing admins"))
    assert PAID not in read(client, article)


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_shared_cache_may_keep_a_gated_page(client: Client, article: ArticlePage, signed_in: bool) -> None:
    if signed_in:
        client.force_login(customer_with("premium"))

    response = client.get(article.get_url())

    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_an_open_page_may_be_cached_and_one_with_a_section_may_not(client: Client) -> None:
    plain = StandardPageFactory(body=stream(("text", "<p>Hello</p>")))
    with_section = StandardPageFactory(body=stream(members_only()))

    assert "no-store" not in client.get(plain.get_url()).get("Cache-Control", "")
    assert "no-store" in client.get(with_section.get_url())["Cache-Control"]


def test_wagtails_own_privacy_comes_first(client: Client, article: ArticlePage) -> None:
    login = PageViewRestriction.LOGIN
    PageViewRestriction.objects.create(page=article.get_parent(), restriction_type=login)

    response = client.get(article.get_url())
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]

    client.force_login(PersonFactory())
    assert PAID not in read(client, article)


def test_a_page_has_the_restrictions_that_wagtail_finds() -> None:
    section, shut = ArticleIndexPageFactory(title="Open"), ArticleIndexPageFactory(title="Shut")
    article, inside = ArticlePageFactory(parent=section), ArticlePageFactory(parent=shut)
    alias, alias_of_inside = article.create_alias(parent=shut), inside.create_alias(parent=section)
    pages = [article, alias, inside, alias_of_inside, section, shut]

    def found(restrictions: Callable[[Any], Any]) -> list[set[int]]:
        return [{one.pk for one in restrictions(page)} for page in pages]

    for page in (None, alias, inside, shut, Page.objects.get(depth=1)):
        if page:
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        assert found(lambda one: one.get_view_restrictions()) == found(Page.get_view_restrictions)


def test_lists_name_the_plan_that_opens_an_article_and_keep_quiet_to_those_who_have_it(
    client: Client, article: ArticlePage
) -> None:
    customer = customer_with("premium", plan="Cutter")
    index = article.get_parent()
    locked = '<span class="qs-badge qs-badge--warning">'
    assert locked in read(client, index)
    assert "Cutter" in read(client, index)

    client.force_login(customer)
    assert locked not in read(client, index)


def test_an_article_that_a_section_gates_is_marked_in_lists(client: Client) -> None:
    section = ArticleIndexPageFactory(audience=Audience.MEMBERS)
    ArticlePageFactory(parent=section)

    assert "Members" in read(client, section)


def test_a_page_that_was_cut_for_a_reader_cannot_be_saved(article: ArticlePage) -> None:
    article.narrow_to(Reading.by_anyone(article))

    with pytest.raises(NarrowedPageError):
        article.save()
    with pytest.raises(NarrowedPageError):
        article.save_revision()


def test_a_page_that_was_cut_for_one_reader_is_not_shown_to_another(article: ArticlePage) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    article.get_context(request)
    article.get_context(request)

    request.user = PersonFactory()
    with pytest.raises(NarrowedPageError):
        article.get_context(request)


@pytest.mark.parametrize("reader", ["visitor", "member", "customer"])
def test_a_gated_article_costs_a_known_number_of_queries(
    client: Client, article: ArticlePage, reader: str, django_assert_max_num_queries: Any
) -> None:
    customer = customer_with("premium")
    if reader != "visitor":
        client.force_login(customer if reader == "customer" else PersonFactory())
    read(client, article)

    with django_assert_max_num_queries({"visitor": 9, "member": 12, "customer": 12}[reader]):
        read(client, article)
