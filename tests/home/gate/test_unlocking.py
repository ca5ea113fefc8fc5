"""A page is unlocked for credits: asked first, charged once, kept, and given back by an admin."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from billing import api as billing
from billing.models import CreditAccount, CreditEntry
from home.gate.audience import Audience
from home.gate.models import PageUnlock
from home.gate.unlocking import PriceChanged, price_of, refund, unlock
from home.pages.articles import ArticlePage
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticlePageFactory, StandardPageFactory, stream
from tests.factories.members import PersonFactory
from tests.home.readers import customer_with

pytestmark = pytest.mark.django_db

FREE, PAID = "The free part.", "The paid part."
SCHEMA = json.loads((settings.ROOT / "docs/reference/payment-required.schema.json").read_text())
BODY = (("text", f"<p>{FREE}</p>"), ("preview_divider", None), ("text", f"<p>{PAID}</p>"))


def reader_with(amount: int) -> Any:
    """A member who was given so many credits."""
    person = PersonFactory()
    payer = billing.note_payer(user=person)
    if amount:
        terms = billing.Terms(source="admin", source_ref=f"gift-{person.pk}")
        billing.grant(customer=payer, amount=amount, terms=terms)
    return type(person).objects.get(pk=person.pk)


def left(person: Any) -> int:
    return int(billing.balance(type(person).objects.get(pk=person.pk)).available)


@pytest.fixture
def article() -> ArticlePage:
    return ArticlePageFactory(audience=Audience.CREDITS, audience_credits=2, body=stream(*BODY))


def read(client: Client, page: Any) -> str:
    return client.get(page.get_url()).content.decode()


def press(client: Client, page: Any, price: object = 2, **headers: str) -> Any:
    return client.post(f"/unlock/{page.pk}/", {"price": price}, headers=headers)


def test_a_visitor_is_told_the_price_and_signs_in_on_the_way(client: Client, article: ArticlePage) -> None:
    content = read(client, article)
    assert PAID not in content
    assert "Unlock this page for 2 credits" in content

    response = client.get(f"/unlock/{article.pk}/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/unlock/")


def test_looking_at_the_question_spends_nothing(client: Client, article: ArticlePage) -> None:
    person = reader_with(5)
    client.force_login(person)

    question = client.get(f"/unlock/{article.pk}/").content.decode()

    for told in ("2 credits", "5 credits", "3 credits", article.title):
        assert told in question
    assert left(person) == 5
    assert PAID not in read(client, article)


def test_the_button_spends_once_however_often_it_is_pressed(client: Client, article: ArticlePage) -> None:
    person = reader_with(5)
    client.force_login(person)

    for _ in range(3):
        response = press(client, article)
        assert (response.status_code, response["Location"]) == (302, article.get_url())

    assert PAID in read(client, article)
    assert left(person) == 3


def test_without_enough_credits_nothing_is_spent_and_the_way_to_more_is_shown(
    client: Client, article: ArticlePage
) -> None:
    person = reader_with(1)
    client.force_login(person)

    asked = client.get(f"/unlock/{article.pk}/").content.decode()
    assert "/billing/credits/?next=" in asked
    assert "<dd>1 credit</dd>" in asked
    refused = press(client, article)

    assert refused.status_code == 402
    told = refused.content.decode()
    for words in ("This takes 2 credits, and you have 1", "Nothing was spent", "Get credits"):
        assert words in told
    assert f"/billing/credits/?next=%2Funlock%2F{article.pk}%2F" in told
    assert PAID not in read(client, article)
    assert left(person) == 1


def test_and_with_a_part_for_htmx(client: Client, article: ArticlePage) -> None:
    client.force_login(reader_with(1))
    refused = press(client, article, HX_REQUEST="true")
    assert refused.status_code == 402
    assert "Get credits" in refused.content.decode()
    assert "<html" not in refused.content.decode()


def test_and_with_json_for_programs(client: Client, article: ArticlePage) -> None:
    client.force_login(reader_with(1))
    refused = press(client, article, ACCEPT="application/json")
    assert (refused.status_code, refused["Content-Type"]) == (402, "application/json")
    told = refused.json()
    assert set(told) == set(SCHEMA["properties"])
    assert (told["reason"], told["feature"], told["upgrade_to"]) == ("insufficient_credits", "", None)
    assert (Decimal(told["unlock_with"]), Decimal(told["available"])) == (2, 1)


def test_with_too_few_credits_the_plan_that_opens_the_page_is_named_too(client: Client) -> None:
    customer_with("premium", plan="Cutter")
    page = ArticlePageFactory(
        audience=Audience.PLANS,
        audience_feature=FeatureFactory(key="premium"),
        audience_credits=2,
        body=stream(*BODY),
    )
    client.force_login(reader_with(1))
    assert "choose Cutter, which includes it" in press(client, page).content.decode()
    told = press(client, page, ACCEPT="application/json").json()
    assert (told["feature"], told["upgrade_to"]["name"]) == ("premium", "Cutter")


def test_credits_that_rest_are_no_want_of_credits(client: Client, article: ArticlePage) -> None:
    person = reader_with(5)
    CreditAccount.objects.update(frozen_at=timezone.now())
    client.force_login(person)
    refused = press(client, article)
    assert refused.status_code == 409
    assert "Your credits rest while a payment is disputed" in refused.content.decode()
    assert left(person) == 5


def test_somebody_without_an_account_of_credits_is_asked_too(client: Client, article: ArticlePage) -> None:
    client.force_login(PersonFactory())

    assert "0 credits" in client.get(f"/unlock/{article.pk}/").content.decode()
    assert press(client, article).status_code == 402


@pytest.mark.parametrize("agreed", [1, 3, "", "-2", "2.0", "9" * 30, "²", "\x00"])
def test_only_the_price_on_the_button_is_paid(client: Client, article: ArticlePage, agreed: object) -> None:
    person = reader_with(5)
    client.force_login(person)

    assert press(client, article, agreed).status_code == 409
    assert left(person) == 5


def test_a_price_that_rose_meanwhile_is_asked_again(article: ArticlePage) -> None:
    person = reader_with(5)
    article.audience_credits = 3
    article.save()

    with pytest.raises(PriceChanged):
        unlock(page=article, reader=person, agreed=2)
    unlock(page=article, reader=person, agreed=3)
    assert left(person) == 2


def test_the_reader_keeps_the_page_whatever_becomes_of_it(client: Client, article: ArticlePage) -> None:
    person = reader_with(2)
    client.force_login(person)
    press(client, article)

    for change in (
        {"audience_credits": 9},
        {"audience": Audience.PLANS, "audience_feature": FeatureFactory()},
    ):
        for field, value in change.items():
            setattr(article, field, value)
        article.save()
        assert PAID in read(client, article)


def test_another_page_and_another_reader_stay_shut(client: Client, article: ArticlePage) -> None:
    other = ArticlePageFactory(audience=Audience.CREDITS, audience_credits=2, body=stream(*BODY))
    client.force_login(reader_with(2))
    press(client, article)
    assert PAID not in read(client, other)

    client.force_login(PersonFactory())
    assert PAID not in read(client, article)


def test_a_refund_gives_the_credits_back_once_and_shuts_the_page(
    client: Client, article: ArticlePage
) -> None:
    person = reader_with(2)
    client.force_login(person)
    press(client, article)
    bought = PageUnlock.objects.get()

    for _ in range(2):
        refund(bought=bought, by=None)

    assert left(person) == 2
    assert PAID not in read(client, article)
    press(client, article)
    assert PAID in read(client, article)
    assert left(person) == 0


def test_a_plan_or_credits_open_the_same_page(client: Client) -> None:
    customer = customer_with("premium", plan="Cutter")
    page = ArticlePageFactory(
        audience=Audience.PLANS,
        audience_feature=FeatureFactory(key="premium"),
        audience_credits=2,
        body=stream(*BODY),
    )
    client.force_login(reader_with(2))
    refused = read(client, page)
    assert "Get Cutter" in refused
    assert "Unlock this page for 2 credits" in refused
    press(client, page)
    assert PAID in read(client, page)

    client.force_login(customer)
    assert PAID in read(client, page)


def test_a_page_has_one_price_the_highest_that_a_part_asks_for(client: Client, article: ArticlePage) -> None:
    content = [{"type": "text", "value": f"<p>{PAID}</p>", "id": "inside"}]
    section = {"audience": "credits", "feature": "", "credits": 5, "content": content}
    page = StandardPageFactory(body=stream(("members_only", section)))
    assert (price_of(article), price_of(page)) == (2, 5)

    client.force_login(reader_with(5))
    assert "Unlock this page for 5 credits" in read(client, page)
    press(client, page, 5)
    assert PAID in read(client, page)


@pytest.mark.parametrize("kind", ["open", "draft", "gone", "private"])
def test_what_is_not_for_sale_is_not_sold(client: Client, article: ArticlePage, kind: str) -> None:
    client.force_login(reader_with(5))
    if kind == "open":
        article.audience = Audience.EVERYONE
        article.save()
    if kind == "draft":
        article.unpublish()
    page_id = 0 if kind == "gone" else article.pk
    if kind == "private":
        article.view_restrictions.create(restriction_type="password", password="x")

    for answer in (client.get(f"/unlock/{page_id}/"), client.post(f"/unlock/{page_id}/", {"price": 2})):
        assert answer.status_code == (302 if kind == "open" else 404)
    assert not CreditEntry.objects.filter(kind="spend").exists()


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_are_charged_once(article: ArticlePage) -> None:
    person = reader_with(20)
    start = threading.Barrier(10)

    def click(_: int) -> None:
        start.wait()
        try:
            page = ArticlePage.objects.get(pk=article.pk)
            unlock(page=page, reader=type(person).objects.get(pk=person.pk), agreed=2)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(click, range(10)))

    assert left(person) == 18
    assert PageUnlock.objects.count() == 1
