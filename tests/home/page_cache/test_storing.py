"""What is kept, what is never kept, and what makes it go."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from home.gate.audience import Audience
from home.gate.models import PageUnlock
from home.gate.tally import tally
from home.navigation.models import Navigation
from home.pages.articles import ArticlePage
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticleIndexPageFactory, ArticlePageFactory, HelpPageFactory, stream
from tests.factories.members import PersonFactory, person_in
from tests.home.page_cache.conftest import FEATURE, OPEN, SECRET, costs, settle
from tests.home.readers import customer_with

Browsing = Callable[..., Client]


def look(client: Client, page: Any) -> str:
    return client.get(page.url).content.decode()


def test_only_a_plain_look_is_kept(article: Any, browsing: Browsing) -> None:
    client, path = browsing(), article.url
    assert not costs(client, path)
    for query in ("preview=1", "page=x", "page=1&page=2", "utm_source=a", "page=12345", "format=json"):
        assert costs(client, f"{path}?{query}")
    for headers in ({"hx-request": "true"}, {"authorization": "Basic eDp5"}, {"range": "bytes=0-9"}):
        assert costs(client, path, headers=headers)
    client.post(path, {"a": "b"})
    assert not costs(client, path)


def test_a_kept_page_belongs_to_nobody_and_goes_to_no_shared_cache(article: Any, browsing: Browsing) -> None:
    holder = customer_with(FEATURE)
    settle()
    client = browsing(holder)
    for _ in range(3):
        answer = client.get(article.url)
    text = answer.content.decode()
    assert SECRET in text
    for word in (holder.email, holder.name, "csrfmiddlewaretoken"):
        assert word not in text
    assert "private" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    assert not answer.cookies
    assert 'hx-get="/dashboard/corner/"' in text
    corner = client.get("/dashboard/corner/")
    assert holder.email in corner.content.decode()
    assert "private" in corner["Cache-Control"]


def test_every_answer_has_a_nonce_of_its_own(
    article: Any, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ArticlePage.serve

    def with_nonce(page: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = made(page, request, *args, **kwargs)
        response.add_post_render_callback(
            lambda done: setattr(done, "content", done.content + f'<i nonce="{request.csp_nonce}">'.encode())
        )
        return response

    monkeypatch.setattr(ArticlePage, "serve", with_nonce)
    client, seen = browsing(), set()
    for _ in range(4):
        answer = client.get(article.url)
        nonce = re.search(r'nonce="([^"]+)"', answer.content.decode())
        assert nonce is not None
        assert f"'nonce-{nonce[1]}'" in answer["Content-Security-Policy"]
        assert int(answer["Content-Length"]) == len(answer.content)
        seen.add(nonce[1])
    assert len(seen) == 4


def test_a_form_with_a_token_is_never_kept(kept: None, browsing: Browsing) -> None:
    page = HelpPageFactory(body=stream(("text", f"<p>{OPEN}</p>")))
    settle()
    assert costs(browsing(), page.url)


def test_a_cookie_that_an_answer_sets_is_given_to_nobody_else(
    article: Any, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept, a session's cookie would sign every later visitor in as the first one, or out for good."""
    serve = ArticlePage.serve

    def signing_in(page: ArticlePage, request: Any, *arguments: Any, **more: Any) -> Any:
        response = serve(page, request, *arguments, **more)
        response.set_cookie("sessionid", "of the first one")
        return response

    with monkeypatch.context() as patched:
        patched.setattr(ArticlePage, "serve", signing_in)
        for _ in range(2):
            assert "sessionid" in browsing().get(article.url).cookies
    with CaptureQueriesContext(connection) as asked:
        assert not browsing().get(article.url).cookies
    assert asked, "What stood in an answer with a cookie was kept."


def test_messages_are_shown_and_not_kept(article: Any, browsing: Browsing) -> None:
    client = browsing(PersonFactory())
    for _ in range(3):
        look(client, article)
    client.post("/dashboard/settings/", {"name": "Ada"})
    assert "Your profile is saved." in look(client, article)
    assert "Your profile is saved." not in look(client, article)


def test_who_edits_is_never_served_what_was_kept(article: Any, browsing: Browsing) -> None:
    editor = person_in("Editors")
    look(browsing(), article)
    client = browsing(editor)
    assert costs(client, article.url)
    assert SECRET in look(client, article)


def test_what_is_counted_is_each_readers_own(kept: None, browsing: Browsing) -> None:
    feature = FeatureFactory(key="reads", kind="limit", period="month", overage="block")
    page = ArticlePageFactory(
        body=stream(("text", f"<p>{SECRET}</p>")), audience=Audience.QUOTA, audience_feature=feature
    )
    settle()
    assert not costs(browsing(), page.url)
    assert costs(browsing(PersonFactory()), page.url)


def test_a_bought_page_is_open_to_its_buyer_only(article: Any, browsing: Browsing) -> None:
    buyer, other = PersonFactory(), PersonFactory()
    mine, theirs = browsing(buyer), browsing(other)
    for client in (mine, theirs):
        assert not costs(client, article.url)
    paid = {"credits": 1, "paid_at": timezone.now()}
    page = Page.objects.get(pk=article.pk)
    bought = PageUnlock.objects.create(page=page, page_title="A", reader=buyer, **paid)
    settle()
    assert not costs(mine, article.url)
    assert SECRET in look(mine, article)
    assert SECRET not in look(theirs, article)
    PageUnlock.objects.filter(pk=bought.pk).update(refunded_at=bought.created_at)
    settle()
    assert SECRET not in look(mine, article)


def test_what_pages_show_is_made_anew_when_it_changes(article: Any, browsing: Browsing) -> None:
    client, section = browsing(), Page.objects.get(pk=article.get_parent().pk).specific
    for _ in range(3):
        look(client, article)
        assert article.title in client.get(section.url).content.decode()
    article.title = "Another title"
    article.save_revision().publish()
    settle()
    assert "Another title" in look(client, article)
    navigation = Navigation.objects.first() or Navigation.for_site(section.get_site())
    navigation.announcement = "Something new"
    navigation.save()
    settle()
    assert "Something new" in look(client, article)
    elsewhere = ArticleIndexPageFactory()
    article.move(elsewhere, pos="last-child")
    settle()
    moved = Page.objects.get(pk=article.pk)
    assert client.get(article.url).status_code in (301, 302, 404)
    assert client.get(moved.url).status_code == 200
    moved.specific.unpublish()
    settle()
    assert client.get(moved.url).status_code == 404


def test_a_page_behind_wagtails_privacy_is_never_kept(article: Any, browsing: Browsing) -> None:
    person = PersonFactory()
    assert not costs(browsing(), article.url)
    PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)
    settle()
    assert browsing().get(article.url).status_code == 302
    assert costs(browsing(person), article.url)


def test_hits_are_counted_like_any_visit(article: Any, browsing: Browsing) -> None:
    client = browsing()
    for _ in range(4):
        look(client, article)
    counted = {what: number for (_, _, what), number in tally._counted.items()}
    assert counted == {"views": 4, "refusals": 4}
