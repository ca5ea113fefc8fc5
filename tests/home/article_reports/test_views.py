"""What a reader sees of reports: the price first, their own orders alone, and files that are others'."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from billing.credits.grants import freeze
from billing.models import CreditCost
from home.article_reports.keeping import give_up
from home.article_reports.making import make
from home.article_reports.models import ArticleReport
from home.article_reports.pricing import FEATURE
from members.closing import close_account
from tests.factories.billing import PriceFactory
from tests.factories.home import ArticlePageFactory
from tests.factories.members import PersonFactory
from tests.home.article_reports.conftest import credits_of, ordered, reader_with
from tests.home.readers import customer_with

pytestmark = pytest.mark.django_db
LIST = "/reports/"
QUERIES = 6
SCHEMA = json.loads((settings.ROOT / "docs/reference/payment-required.schema.json").read_text())
HTMX = {"HX-Request": "true"}


@pytest.fixture
def reader() -> Any:
    return reader_with(14)


@pytest.fixture
def browser(reader: Any) -> Client:
    client = Client()
    client.force_login(reader)
    return client


def order_of(article: Any) -> str:
    return f"/reports/order/{article.pk}/"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def press(client: Client, article: Any, **more: Any) -> Any:
    headers = more.pop("headers", {})
    data = {"key": uuid4(), "price": "2", **more}
    return client.post(order_of(article), data, headers=headers)


def test_an_article_leads_to_its_report_and_a_visitor_signs_in_on_the_way(article, client):
    assert f'href="{order_of(article)}"' in text(client.get(article.get_url()))
    answer = client.get(order_of(article))
    assert answer["Location"] == f"/accounts/login/?next={order_of(article)}"
    assert client.get(LIST).status_code == 302


def test_a_site_without_the_feature_shows_no_way_to_it(article, client, settings):
    settings.BILLING_FEATURES = []
    assert order_of(article) not in text(client.get(article.get_url()))


def test_a_site_whose_catalog_knows_no_reports_makes_none(article, browser, cost):
    CreditCost.objects.all().delete()
    cost.feature.delete()
    for answer in (browser.get(order_of(article)), press(browser, article)):
        assert answer.status_code == 404


def test_the_price_is_told_before_anything_is_spent(article, browser, reader):
    page = text(browser.get(order_of(article)))
    for words in ("2 credits", "14 credits", "12 credits", "Order it for 2 credits", "7 days"):
        assert words in page
    assert "A part of this article is not open to you" in page
    assert credits_of(reader) == (14, 0)


def test_the_order_form_works_as_it_is_printed(article, browser, reader):
    page = text(browser.get(order_of(article)))
    fields = dict(re.findall(r'<input type="hidden" name="(key|price)" value="([^"]+)"', page))
    for _ in range(2):
        answer = browser.post(order_of(article), fields)
        assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert credits_of(reader) == (12, 2)
    assert "is ordered" in text(browser.get(LIST))


def test_htmx_is_led_to_the_list_too(article, browser):
    answer = press(browser, article, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, LIST)


def test_who_has_it_in_their_plan_is_asked_no_price(article, client):
    client.force_login(customer_with(FEATURE))
    page = text(client.get(order_of(article)))
    assert "Your plan includes it" in page
    assert "You have" not in page
    assert press(client, article, price="0")["Location"] == LIST
    assert "part of your plan" in text(client.get(LIST))


@pytest.fixture
def poor(article) -> Client:
    """Somebody with one credit, on a site whose plan Schooner includes reports."""
    PriceFactory(version__plan__name="Schooner", version__features={FEATURE: None}, stripe_price_id="price_1")
    client = Client()
    client.force_login(reader_with(1))
    return client


def test_with_too_few_credits_the_ways_to_more_are_shown(article, poor):
    page = text(poor.get(order_of(article)))
    assert f'href="/billing/credits/?next={order_of(article)}"' in page
    assert "Schooner includes reports" in page
    assert "<form" not in page.split('id="report-order"')[1].split("</main>")[0]


def test_an_order_with_too_few_credits_is_answered_with_402_as_a_page(article, poor):
    answer = press(poor, article)
    assert answer.status_code == 402
    page = text(answer)
    for words in ("This takes 2 credits, and you have 1", "Nothing was spent", "Get credits", "Get Schooner"):
        assert words in page
    assert "/billing/credits/?next=%2Freports%2Forder%2F" in page
    assert "<html" in page


def test_and_with_a_part_for_htmx(article, poor):
    answer = press(poor, article, headers=HTMX)
    assert answer.status_code == 402
    assert "Get credits" in text(answer)
    assert "<html" not in text(answer)


def test_and_with_json_for_programs(article, poor):
    answer = press(poor, article, headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (402, "application/json")
    told = answer.json()
    assert set(told) == set(SCHEMA["properties"])
    assert told["reason"] in SCHEMA["properties"]["reason"]["enum"]
    assert (told["reason"], told["feature"]) == ("insufficient_credits", FEATURE)
    assert (Decimal(told["unlock_with"]), Decimal(told["available"])) == (2, 1)
    assert told["buy_credits"].startswith("/billing/credits/")
    assert told["upgrade_to"]["name"] == "Schooner"


def test_without_a_price_only_a_plan_helps(article, poor, cost):
    cost.delete()
    for answer in (poor.get(order_of(article)), press(poor, article)):
        assert answer.status_code == 402
        assert "Get Schooner" in text(answer)


@pytest.mark.parametrize("more", [
    {"price": "1"}, {"price": ""}, {"price": "NaN"}, {"price": "-2"}, {"price": "9" * 40}, {"price": "\x00"},
    {"key": ""}, {"key": "x"}, {"key": "\x00"},
])  # fmt: skip
def test_a_form_that_nobody_was_shown_orders_nothing(article, browser, reader, more):
    answer = press(browser, article, **more)
    assert answer.status_code == 409
    assert "Nothing was spent" in text(answer)
    assert credits_of(reader) == (14, 0)


def test_a_frozen_account_is_told_why(article, browser, reader):
    freeze(customer_id=reader.stripe_customer.pk)
    answer = press(browser, article)
    assert answer.status_code == 409
    assert "Your credits rest while a payment is disputed" in text(answer)


def test_no_more_than_three_are_made_at_once(article, browser):
    for _ in range(3):
        press(browser, ArticlePageFactory())
    answer = press(browser, article)
    assert answer.status_code == 409
    assert "3 reports are being made for you" in text(answer)


@pytest.mark.parametrize("kind", ["draft", "gone", "password", "no article"])
def test_what_the_reader_cannot_know_of_cannot_be_ordered(article, browser, kind):
    if kind == "draft":
        article.unpublish()
    if kind == "password":
        article.view_restrictions.create(restriction_type="password", password="x")
    address = {"gone": "/reports/order/0/", "no article": f"/reports/order/{article.get_parent().pk}/"}
    for answer in (
        browser.get(address.get(kind, order_of(article))),
        browser.post(address.get(kind, order_of(article)), {"key": uuid4(), "price": "2"}),
    ):
        assert answer.status_code == 404


def test_the_list_says_what_became_of_each(article, browser, reader):
    assert "No reports yet" in text(browser.get(LIST))
    report = ordered(article, reader)
    page = text(browser.get(LIST))
    assert "Waiting" in page
    assert "2 credits set aside" in page
    assert 'hx-trigger="every 2s"' in page
    ArticleReport.objects.update(credits="1.5")
    assert "1.5 credits set aside" in text(browser.get(LIST))
    ArticleReport.objects.update(credits=2)
    make(report_id=report.pk)
    page = text(browser.get(LIST))
    assert "Ready" in page
    assert "Kept until" in page
    assert f'href="/reports/{report.key}/file/"' in page
    assert "hx-trigger" not in page.split('id="reports"')[1]
    ArticleReport.objects.update(state="failed", problem="The printer burned down.")
    assert "The printer burned down." in text(browser.get(LIST))
    ArticleReport.objects.update(state="deleted")
    assert "so the file was deleted" in text(browser.get(LIST))
    ArticleReport.objects.update(state="waiting", lapses_at=timezone.now() - timedelta(seconds=1))
    assert "It was not made in time" in text(browser.get(LIST))
    ArticleReport.objects.update(state="ready")


def test_htmx_gets_the_list_alone(article, browser, reader):
    ordered(article, reader)
    page = text(browser.get(LIST, headers={**HTMX, "HX-Target": "reports"}))
    assert "Waiting" in page
    assert "<html" not in page


def test_the_list_costs_the_same_however_long_it_is(article, browser, reader, django_assert_max_num_queries):
    def fill(number: int) -> None:
        for _ in range(number):
            give_up(ordered(ArticlePageFactory(), reader))

    fill(2)
    browser.get(LIST)
    with django_assert_max_num_queries(QUERIES) as few:
        browser.get(LIST)
    fill(4)
    with django_assert_max_num_queries(QUERIES) as many:
        browser.get(LIST)
    assert len(many) <= len(few)


def test_a_file_is_its_owners_alone(article, browser, reader):
    report = ordered(article, reader)
    address = f"/reports/{report.key}/file/"
    assert browser.get(address).status_code == 404
    make(report_id=report.pk)
    answer = browser.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="how-to-read-a-bad-month.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    other = Client()
    assert other.get(address).status_code == 302
    other.force_login(PersonFactory())
    assert other.get(address).status_code == 404
    ArticleReport.objects.get().file.delete(save=False)
    assert browser.get(address).status_code == 404


def test_no_address_reaches_the_file_directly(article, reader):
    report = ordered(article, reader)
    make(report_id=report.pk)
    report.refresh_from_db()
    assert storages["private"].exists(report.file.name)
    assert not storages["default"].exists(report.file.name)


def test_too_many_orders_in_a_minute_wait(article, browser, reader):
    answers = [press(browser, article, price="1", headers=HTMX).status_code for _ in range(21)]
    assert answers[-2:] == [409, 429]


def test_closing_the_account_takes_its_reports_along(article, reader):
    ordered(article, reader)
    close_account(reader)
    assert ArticleReport.objects.count() == 0
    assert credits_of(reader) == (14, 0)
