"""Shared links and schema.org data: complete, valid, and public parts only."""

import json
import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from home.gate.audience import Audience
from home.navigation.links import site_settings
from tests.factories.billing import PlanVersionFactory, PriceFactory
from tests.factories.home import (
    ArticlePageFactory,
    AuthorFactory,
    HelpPageFactory,
    PricingPageFactory,
    StandardPageFactory,
    front_page,
    stream,
)

pytestmark = pytest.mark.django_db
SENTINEL = "xylophonequartz"
ASKED = {"question": "Can I cancel?", "answer": "<p>Yes, at <b>once</b>.</p>"}


def faq(asked):
    return "faq", {"heading": "More", "items": [{"type": "item", "value": asked, "id": "1"}]}


def head(page, path="/", **attributes):
    request = RequestFactory().get(path, headers={"host": "localhost"})
    for name, value in attributes.items():
        setattr(request, name, value)
    context = {"page": page, "request": request, "site_settings": site_settings(request)}
    return render_to_string("includes/meta.html", context)


def things(page):
    documents = re.findall(r'<script type="application/ld\+json">(.*?)</script>', head(page), re.DOTALL)
    assert len(documents) == 1
    data = json.loads(documents[0])
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


def test_a_page_shows_title_summary_picture_and_address_when_shared():
    page = StandardPageFactory(title="Harbour depths", summary="Soundings.", slug="depths")
    html = head(page)
    assert '<meta property="og:title" content="Harbour depths">' in html
    assert '<meta property="og:description" content="Soundings.">' in html
    assert re.search(r'<link rel="canonical" href="http://localhost[^"]*/depths/">', html)
    assert re.search(r'<meta property="og:image" content="http[^"]+social-card.png">', html)


def test_words_for_search_engines_win_over_the_page_s_own():
    html = head(StandardPageFactory(title="A", seo_title="B", summary="C", search_description="D"))
    assert 'og:title" content="B"' in html
    assert 'name="description" content="D"' in html


@pytest.mark.parametrize(
    ("path", "ending"),
    [
        ("/?utm_source=x", "/depths/"),
        ("/?page=2", "/depths/?page=2"),
        ("/?page=1", "/depths/"),
        ("/?page=<", "/depths/"),
    ],
)
def test_the_canonical_address_keeps_the_part_of_a_list_and_nothing_else(path, ending):
    html = head(StandardPageFactory(slug="depths"), path)
    assert re.search(r'rel="canonical" href="([^"]+)"', html).group(1).endswith(ending)


def test_markup_in_a_title_stays_text_everywhere():
    page = ArticlePageFactory(title='</script><script>alert("1")</script>', summary="<b>& more")
    html = head(page)
    assert "<script>alert" not in html
    assert html.count("</script>") == 1
    assert things(page)["Article"]["headline"] == '</script><script>alert("1")</script>'


def test_every_page_names_the_organisation_and_how_to_search():
    found = things(front_page())
    assert found["Organization"]["name"] == "QuickScale"
    action = found["WebSite"]["potentialAction"]
    assert action["target"]["urlTemplate"].endswith("/search/?q={search_term_string}")
    assert action["query-input"] == "required name=search_term_string"
    assert "BreadcrumbList" not in found


def test_breadcrumbs_lead_from_the_front_page_to_the_page():
    trail = things(HelpPageFactory(title="Cancel"))["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"]) for step in trail] == [(1, "Home"), (2, "Help"), (3, "Cancel")]
    assert all(step["item"].startswith("http") for step in trail)


def test_an_open_article_says_that_it_is_free():
    page = ArticlePageFactory(title="Depths", author=AuthorFactory(name="Ines Marlow"))
    article = things(page)["Article"]
    assert article["isAccessibleForFree"] is True
    assert article["author"] == {"@type": "Person", "name": "Ines Marlow"}
    assert "hasPart" not in article
    for field in ("headline", "image", "datePublished", "dateModified", "publisher", "mainEntityOfPage"):
        assert article[field]


def test_a_gated_article_says_which_part_is_not_free():
    article = things(ArticlePageFactory(audience=Audience.MEMBERS))["Article"]
    assert article["isAccessibleForFree"] is False
    assert article["hasPart"]["isAccessibleForFree"] is False
    assert article["hasPart"]["cssSelector"].startswith(".")


def test_questions_of_an_open_page_are_answered_in_the_data():
    page = PricingPageFactory(questions=stream(("question", ASKED)), body=stream(faq(ASKED)))
    entities = things(page)["FAQPage"]["mainEntity"]
    assert [entity["name"] for entity in entities] == ["Can I cancel?"] * 2
    assert [entity["acceptedAnswer"]["text"] for entity in entities] == ["Yes, at once."] * 2


def test_the_pricing_page_offers_every_plan_at_every_price():
    version = PlanVersionFactory(plan__name="Cutter")
    PriceFactory(version=version, interval="month", amount=3600, currency="EUR")
    PriceFactory(version=version, interval="year", amount=36000, currency="EUR")
    product = things(PricingPageFactory(summary="Plans."))["Product"]
    assert product["brand"]
    offered = {(offer["price"], offer["priceSpecification"]["unitCode"]) for offer in product["offers"]}
    assert offered == {("36.00", "MON"), ("360.00", "ANN")}
    assert {offer["priceCurrency"] for offer in product["offers"]} == {"EUR"}


def test_a_pricing_page_with_nothing_to_sell_offers_nothing():
    assert "Product" not in things(PricingPageFactory())


def test_no_word_of_a_gated_body_reaches_shared_links_or_data():
    asked = {"question": SENTINEL, "answer": f"<p>{SENTINEL}</p>"}
    body = stream(("preview_divider", None), faq(asked), ("text", SENTINEL))
    assert SENTINEL not in head(ArticlePageFactory(audience=Audience.MEMBERS, body=body))


def test_a_preview_is_hidden_from_search_engines():
    assert "noindex" in head(StandardPageFactory(), is_preview=True)
    assert "noindex" not in head(StandardPageFactory())


def test_what_is_no_page_has_the_card_of_the_site():
    html = head(None)
    assert "social-card.png" in html
    assert "ld+json" not in html
