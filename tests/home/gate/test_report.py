"""Editors see what happens at their gates; admins see who paid, and give it back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from home.content_checks.findings import NOBODY, find
from home.gate.audience import Audience
from home.gate.models import GateDay, PageUnlock
from home.gate.sections import rule_of
from home.gate.unlocking import is_unlocked, unlock
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticleIndexPageFactory, ArticlePageFactory, StandardPageFactory, stream
from tests.factories.members import PersonFactory, person_in
from tests.home.gate.test_unlocking import left, reader_with
from tests.home.readers import customer_with

pytestmark = pytest.mark.django_db
TEXT = stream(("text", "<p>Words.</p>"))


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(person_in("Editors"))
    return client


def rows(client: Client) -> dict[str, list[str]]:
    """The report as the spreadsheet has it: the other columns by title."""
    answer = client.get(reverse("gated_pages_report"), {"export": "csv"})
    lines = b"".join(answer.streaming_content).decode().splitlines()[1:]
    return {line.split(",")[0]: line.split(",")[2:] for line in lines}


def test_the_report_says_who_reads_what_opens_it_and_what_happened(editor: Client) -> None:
    customer_with("premium", plan="Cutter")
    feature = FeatureFactory(key="premium", name="Premium articles")
    page = ArticlePageFactory(title="Gated", audience=Audience.PLANS, audience_feature=feature, body=TEXT)
    ArticlePageFactory(title="Members", audience=Audience.MEMBERS, body=TEXT)
    ArticlePageFactory(title="Sold", audience=Audience.CREDITS, audience_credits=2, body=TEXT)
    ArticlePageFactory(title="Open", body=TEXT)
    today = timezone.now().date()
    for day, views in ((today, 3), (today - timedelta(days=29), 2), (today - timedelta(days=31), 100)):
        GateDay.objects.create(page=page, day=day, views=views, refusals=1, sign_ups=1)

    told = rows(editor)

    assert set(told) == {"Gated", "Members", "Sold"}
    assert told["Gated"] == ["Premium", "Cutter", "5", "2", "0", "2"]
    assert told["Members"][:2] == ["Members", "Every account"]
    assert told["Sold"][:2] == ["2 credits", "2 credits"]


def test_a_section_inside_an_open_page_is_listed_too(editor: Client) -> None:
    section = {"audience": "members", "feature": "", "credits": None, "content": []}
    StandardPageFactory(title="Partly", body=stream(("members_only", section)))

    assert rows(editor)["Partly"][0] == "Members"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_report_can_be_taken_away(editor: Client, kind: str) -> None:
    ArticlePageFactory(title="Members", audience=Audience.MEMBERS, body=TEXT)
    answer = editor.get(reverse("gated_pages_report"), {"export": kind})
    assert answer.status_code == 200
    assert len(answer.getvalue()) > 50


def test_the_report_asks_once_for_all_pages(editor: Client, django_assert_max_num_queries: Any) -> None:
    section = ArticleIndexPageFactory(audience=Audience.MEMBERS)
    ArticlePageFactory(parent=section, body=TEXT)
    address = reverse("gated_pages_report")
    editor.get(address)
    with django_assert_max_num_queries(50) as few:
        editor.get(address)
    for _ in range(6):
        ArticlePageFactory(parent=section, body=TEXT)
    with django_assert_max_num_queries(len(few)):
        editor.get(address)


def test_a_gate_nobody_can_pass_is_found(editor: Client) -> None:
    feature = FeatureFactory(key="premium")
    shut = ArticlePageFactory(audience=Audience.PLANS, audience_feature=feature, body=TEXT)
    section = {"audience": "plans", "feature": "gone", "credits": None, "content": []}
    partly = StandardPageFactory(summary="Short.", body=stream(("members_only", section)))
    for page in (shut, partly):
        assert NOBODY in find(page, rule_of(page))

    shut.audience_credits = 2
    shut.save()
    assert NOBODY not in find(shut, rule_of(shut))
    shut.audience_credits = None
    shut.save()
    customer_with("premium")
    assert NOBODY not in find(shut, rule_of(shut))


@pytest.fixture
def bought() -> PageUnlock:
    page = ArticlePageFactory(title="Sold", audience=Audience.CREDITS, audience_credits=2, body=TEXT)
    return unlock(page=page, reader=reader_with(2), agreed=2)


def test_a_billing_admin_gives_credits_back_after_a_question(client: Client, bought: PageUnlock) -> None:
    client.force_login(person_in("Billing admins"))
    assert "Sold" in client.get(reverse("page_unlocks")).content.decode()
    address = reverse("refund_page_unlock", args=[bought.pk])
    assert "2 credits" in client.get(address).content.decode()
    assert left(bought.reader) == 0

    for _ in range(2):
        assert client.post(address).status_code == 302

    assert left(bought.reader) == 2
    bought.refresh_from_db()
    assert bought.refunded_at is not None


def test_or_lets_the_reader_keep_the_page_with_the_credits_back(client: Client, bought: PageUnlock) -> None:
    client.force_login(person_in("Billing admins"))
    question = client.get(reverse("refund_page_unlock", args=[bought.pk])).content.decode()
    way = reverse("billing_credits_give_back", args=[bought.entry_id])
    assert f'href="{way}"' in question
    client.post(way, {"reason": "With our apologies", "number": uuid4()})
    assert left(bought.reader) == 2
    assert is_unlocked(bought.page, bought.reader)

    client.post(reverse("refund_page_unlock", args=[bought.pk]))
    assert left(bought.reader) == 2
    assert not is_unlocked(bought.page, bought.reader)


@pytest.mark.parametrize("who", ["Editors", "member"])
def test_nobody_else_sees_or_refunds_what_was_bought(client: Client, bought: PageUnlock, who: str) -> None:
    client.force_login(PersonFactory() if who == "member" else person_in(who))
    address = reverse("refund_page_unlock", args=[bought.pk])
    for answer in (client.get(reverse("page_unlocks")), client.get(address), client.post(address)):
        assert answer.status_code in {302, 403}
        assert "Sold" not in answer.content.decode()
    assert left(bought.reader) == 0
