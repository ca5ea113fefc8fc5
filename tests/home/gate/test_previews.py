"""An editor previews a page as a visitor, a member and a customer of each plan, without signing out."""

from copy import copy
from typing import Any

import pytest
from django.test import Client

from billing import api as billing
from billing.models import StripeCustomer, UsageEvent
from home.contact.models import ContactField, ContactPage
from home.gate.audience import Audience
from home.pages.articles import ArticlePage
from home.pages.base import SitePage
from members.models import CustomUser
from tests.factories.billing import FeatureFactory, PlanVersionFactory, PriceFactory, UserFactory
from tests.factories.home import ArticleIndexPageFactory, ArticlePageFactory, front_page, stream
from tests.factories.members import person_in

pytestmark = pytest.mark.django_db

FREE, PAID, SECTION = "The free part.", "The paid part.", "The members' section."
IN_SECTION = [{"type": "text", "value": f"<p>{SECTION}</p>", "id": "inside"}]
BODY = (
    ("text", f"<p>{FREE}</p>"),
    ("members_only", {"audience": "members", "feature": "", "credits": None, "content": IN_SECTION}),
    ("preview_divider", None),
    ("text", f"<p>{PAID}</p>"),
)


@pytest.fixture
def premium() -> Any:
    """A feature that Cutter gives and Skiff does not."""
    feature = FeatureFactory(key="premium", name="Premium articles")
    for key, features in (("skiff", {"other": None}), ("cutter", {"premium": None})):
        version = PlanVersionFactory(plan__key=key, plan__name=key.title(), features=features)
        PriceFactory(version=version, stripe_price_id=f"price_{key}")
    return feature


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(person_in("Editors"))
    return client


def preview(page: ArticlePage, client: Client, mode: str) -> str:
    """What the panel shows of the page as it stands in memory."""
    request = client.get("/").wsgi_request
    return copy(page).make_preview_request(request, mode).content.decode()


@pytest.mark.parametrize(
    ("mode", "section", "paid"),
    [
        ("", True, True),
        ("as:visitor", False, False),
        ("as:member", True, False),
        ("as:customer-of:skiff", True, False),
        ("as:customer-of:cutter", True, True),
    ],
)
@pytest.mark.parametrize("state", ["published", "draft", "drafted audience"])
def test_each_mode_shows_what_that_reader_would_see(
    editor: Client, premium: Any, mode: str, section: bool, paid: bool, state: str
) -> None:
    article = ArticlePageFactory(
        audience=Audience.PLANS, audience_feature=premium, body=stream(*BODY), live=state != "draft"
    )
    if state == "drafted audience":
        ArticlePage.objects.filter(pk=article.pk).update(audience=Audience.EVERYONE)

    content = preview(article, editor, mode)

    assert FREE in content
    assert (SECTION in content, PAID in content) == (section, paid)
    assert ("Get Cutter" in content) is (mode not in {"", "as:customer-of:cutter"})


def test_a_new_page_in_a_closed_section_is_previewed_with_the_sections_audience(
    editor: Client, premium: Any
) -> None:
    section = ArticleIndexPageFactory(audience=Audience.PLANS, audience_feature=premium)
    article = ArticlePageFactory(parent=section, live=False, body=stream(*BODY))

    assert PAID not in preview(article, editor, "as:member")
    assert PAID in preview(article, editor, "as:customer-of:cutter")


def test_the_header_is_that_of_the_reader(editor: Client, premium: Any) -> None:
    article = ArticlePageFactory(body=stream(*BODY))

    assert "Sign in" in preview(article, editor, "as:visitor")
    assert "reader@example.com" in preview(article, editor, "as:member")


@pytest.mark.parametrize("model", SitePage.__subclasses__(), ids=lambda model: model.__name__)
def test_every_kind_of_page_can_be_previewed_as_everybody(premium: Any, model: Any) -> None:
    modes = dict(model().preview_modes)

    assert set(modes) >= {"as:visitor", "as:member", "as:customer-of:skiff", "as:customer-of:cutter"}


def test_a_contact_page_shows_form_and_thanks_and_the_form_to_each_reader(
    editor: Client, premium: Any
) -> None:
    page = ContactPage(title="Contact", slug="contact", introduction="Say hello.")
    page.form_fields = [ContactField(label="Message", field_type="multiline")]
    front_page().add_child(instance=page)

    assert "Say hello." in preview(page, editor, "form")
    assert page.thanks in preview(page, editor, "landing")
    for mode in ("as:visitor", "as:member", "as:customer-of:cutter"):
        shown = preview(page, editor, mode)
        assert "Say hello." in shown
        assert ("reader@example.com" in shown) is (mode != "as:visitor")


def test_a_preview_within_a_quota_shows_the_page_and_counts_nothing(editor: Client) -> None:
    PlanVersionFactory(plan__key="ashore", plan__is_default=True, features={"reads": 2})
    article = ArticlePageFactory(
        audience=Audience.QUOTA, audience_feature=FeatureFactory(key="reads"), body=stream(*BODY)
    )

    assert PAID in preview(article, editor, "as:member")
    assert PAID in preview(article, editor, "")
    assert PAID not in preview(article, editor, "as:visitor")
    assert not UsageEvent.objects.exists()
    assert not StripeCustomer.objects.exists()
    assert CustomUser.objects.count() == 1


def test_the_panel_offers_every_plan_and_nothing_else(editor: Client, premium: Any) -> None:
    article = ArticlePageFactory(body=stream(*BODY))
    edit = editor.get(f"/admin/pages/{article.pk}/edit/").content.decode()

    for words in ("As a visitor", "As a member without a plan", "As a customer of Skiff"):
        assert words in edit


def test_a_plan_that_is_gone_gives_nothing(editor: Client, premium: Any) -> None:
    article = ArticlePageFactory(audience=Audience.PLANS, audience_feature=premium, body=stream(*BODY))

    assert PAID not in preview(article, editor, "as:customer-of:nonsense")


def test_only_somebody_without_a_row_stands_in() -> None:
    with pytest.raises(ValueError, match="not stored"):
        billing.stand_in(UserFactory(), plan="cutter")


def test_readers_cannot_ask_for_a_mode(client: Client, premium: Any) -> None:
    article = ArticlePageFactory(audience=Audience.PLANS, audience_feature=premium, body=stream(*BODY))

    for query in ("mode=as:customer-of:cutter", "preview_mode=as:customer-of:cutter", "looks_as=as:member"):
        assert PAID not in client.get(f"{article.get_url()}?{query}").content.decode()
