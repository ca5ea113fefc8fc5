"""What happens at the gate is counted per page and day, about nobody, and without making readers wait."""

from typing import Any

import pytest
from django.test import Client

from home.gate.audience import Audience
from home.gate.models import GateDay
from home.gate.tally import Tally, tally
from tests.factories.home import ArticlePageFactory, StandardPageFactory, stream
from tests.factories.members import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def article() -> Any:
    return ArticlePageFactory(audience=Audience.MEMBERS, body=stream(("text", "<p>Paid.</p>")))


def sums(page: Any) -> tuple[int, int, int, int] | None:
    tally.write()
    row = GateDay.objects.filter(page=page).first()
    return row and (row.views, row.refusals, row.unlocks, row.sign_ups)


def test_visits_and_refusals_are_told_apart(client: Client, article: Any) -> None:
    client.get(article.get_url())
    client.get(article.get_url())
    client.force_login(PersonFactory())
    client.get(article.get_url())

    assert sums(article) == (3, 2, 0, 0)


@pytest.mark.parametrize("headers", [{"user-agent": "Googlebot/2.1"}, {"sec-purpose": "prefetch"}])
def test_machines_are_left_out(client: Client, article: Any, headers: dict[str, str]) -> None:
    client.get(article.get_url(), headers=headers)
    client.head(article.get_url())

    assert sums(article) is None


def test_a_page_for_everyone_is_not_counted(client: Client) -> None:
    page = StandardPageFactory(body=stream(("text", "<p>Free.</p>")))
    client.get(page.get_url())

    assert sums(page) is None


def test_a_sign_up_whose_way_back_leads_to_the_page_is_counted(client: Client, article: Any) -> None:
    answer = client.post(
        f"/accounts/signup/?next={article.get_url()}",
        {"email": "new@example.com", "password1": "rather-long-words-here", "next": article.get_url()},
    )
    assert answer.status_code == 302
    assert sums(article) == (0, 0, 0, 1)


def test_sums_grow_and_a_page_that_is_gone_is_left_out(article: Any) -> None:
    gone = article.pk + 1000
    for _ in range(2):
        counter = Tally()
        for page_id in (article.pk, gone, article.pk):
            counter.count(page_id, "views")
        counter.write()

    assert GateDay.objects.get().views == 4


def test_writing_is_one_query_and_nothing_to_write_is_none(
    article: Any, django_assert_num_queries: Any
) -> None:
    counter = Tally()
    for what in ("views", "refusals", "unlocks", "sign_ups"):
        counter.count(article.pk, what)
    with django_assert_num_queries(1):
        counter.write()
    with django_assert_num_queries(0):
        counter.write()


def test_it_writes_by_itself_once_some_seconds_are_over(
    article: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("home.gate.tally.WRITE_EVERY", 0)
    Tally().count(article.pk, "views")

    assert GateDay.objects.get().views == 1
