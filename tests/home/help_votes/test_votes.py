"""“Was this helpful?”: one answer per reader, changeable, anonymous."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction

from home.help_votes.models import HelpVote
from members.models import CustomUser
from tests.factories.home import HelpPageFactory, StandardPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def help_page():
    return HelpPageFactory(title="Cancel a plan")


def cast(client, help_page, answer="yes", **extra):
    return client.post(reverse("home:help_vote", args=[help_page.pk]), {"helpful": answer}, **extra)


def test_a_visitor_s_answer_is_counted_and_the_page_shown_again(client, help_page):
    response = cast(client, help_page)
    assert response.status_code == 302
    assert response["Location"].startswith(help_page.url)
    assert HelpVote.objects.get(page=help_page).is_helpful is True


def test_a_second_answer_of_the_same_visitor_replaces_the_first(client, help_page):
    cast(client, help_page, "yes")
    cast(client, help_page, "no")
    assert HelpVote.objects.get(page=help_page).is_helpful is False


def test_two_visitors_have_two_votes(help_page):
    cast(Client(), help_page)
    cast(Client(), help_page)
    assert HelpVote.objects.filter(page=help_page).count() == 2


def test_a_signed_in_reader_has_one_vote_on_every_device(help_page):
    user = CustomUser.objects.create_user(email="reader@example.com")
    for _ in range(2):
        client = Client()
        client.force_login(user)
        cast(client, help_page)
    assert HelpVote.objects.filter(page=help_page).count() == 1


def test_a_vote_names_nobody(help_page):
    user = CustomUser.objects.create_user(email="reader@example.com")
    client = Client()
    client.force_login(user)
    cast(client, help_page)
    vote = HelpVote.objects.get()
    assert len(vote.voter) == 64
    assert {field.name for field in HelpVote._meta.get_fields()} == {
        "id", "page", "voter", "is_helpful", "changed_at",
    }  # fmt: skip


def test_htmx_gets_the_question_back_with_the_answer_marked(client, help_page):
    content = cast(client, help_page, "no", headers={"hx-request": "true"}).content.decode()
    assert "Thank you" in content
    assert re.search(r'value="no"\s+aria-pressed="true"', content)
    assert re.search(r'value="yes"\s+aria-pressed="false"', content)
    assert "<html" not in content


@pytest.mark.parametrize("answer", ["", "maybe", "\x00", "yes" * 1000])
def test_an_answer_that_is_neither_yes_nor_no_is_not_counted(client, help_page, answer):
    response = cast(client, help_page, answer, headers={"hx-request": "true"})
    assert response.status_code == 422
    assert not HelpVote.objects.exists()


def test_only_published_open_help_pages_take_votes(client, help_page):
    hidden = HelpPageFactory()
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    draft = HelpPageFactory(live=False)
    for wrong in (hidden, draft, StandardPageFactory()):
        assert cast(client, wrong).status_code == 404


def test_a_vote_needs_the_token_against_forged_requests(help_page):
    assert cast(Client(enforce_csrf_checks=True), help_page).status_code == 403


def test_looking_at_the_address_counts_nothing(client, help_page):
    assert client.get(reverse("home:help_vote", args=[help_page.pk])).status_code == 405


def test_a_flood_of_votes_is_stopped(client, help_page, monkeypatch):
    monkeypatch.setattr("home.help_votes.views.VOTES_PER_MINUTE", 3)
    for _ in range(3):
        cast(client, help_page)
    response = cast(client, help_page, headers={"hx-request": "true"})
    assert response.status_code == 429
    assert "Wait a moment" in response.content.decode()
