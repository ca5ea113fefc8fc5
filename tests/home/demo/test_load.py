"""The demo: complete, coherent, loaded once, and never on a public site."""

import re
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import Client, override_settings
from wagtail.models import Page, Site

from config.settings.base import disk_storage
from files.models import CustomImage
from home.demo.load import load_demo
from home.demo.people import PEOPLE
from home.navigation.models import Navigation
from home.pages.articles import ArticlePage
from home.pages.help import HelpPage

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def loaded(module_db, tmp_path_factory):
    """The demo, for all tests of this module."""
    storages = {**settings.STORAGES, "default": disk_storage(tmp_path_factory.mktemp("media"), "/media/")}
    with override_settings(STORAGES=storages, SITE_URL="http://testserver"):
        load_demo(password=PASSWORD)
        yield


@pytest.fixture
def demo(loaded, db, settings):
    settings.DEBUG = True


def test_a_second_run_adds_and_changes_nothing(demo):
    article = ArticlePage.objects.first()
    article.title = "Changed by an editor"
    article.save()
    before = [model.objects.count() for model in (Page, CustomImage, Navigation)]
    load_demo(password="another")
    assert [model.objects.count() for model in (Page, CustomImage, Navigation)] == before
    article.refresh_from_db()
    assert article.title == "Changed by an editor"


def test_everybody_of_the_demo_can_sign_in(demo, rf):
    for person in PEOPLE:
        assert authenticate(rf.post("/"), username=person.email, password=PASSWORD) is not None


def test_the_command_names_the_people_and_tells_a_password_only_it_knows(settings, demo, monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    out = StringIO()
    call_command("demo", stdout=out)
    assert "editor@example.com" in out.getvalue()
    assert "have the password" in out.getvalue()
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    out = StringIO()
    call_command("demo", stdout=out)
    assert PASSWORD not in out.getvalue()


def test_the_welcome_page_makes_room_for_the_demo(demo):
    site = Site.objects.get(is_default_site=True)
    assert site.root_page.title == "Leadline"
    assert site.root_url == "http://testserver"
    assert Page.objects.filter(depth=2).count() == 1


def test_there_is_something_to_read_for_everybody(demo):
    audiences = set(ArticlePage.objects.values_list("audience", flat=True))
    assert audiences == {"everyone", "members", "quota", "plans"}
    assert ArticlePage.objects.filter(audience_credits__gt=0).exists()
    assert set(HelpPage.objects.values_list("written_for", flat=True)) == {"customer", "editor", "admin"}


def test_every_gated_article_has_a_free_beginning(demo):
    for article in ArticlePage.objects.exclude(audience="everyone"):
        kinds = [block.block_type for block in article.body]
        assert kinds.index("preview_divider") > 0, article.title


def test_every_page_answers_a_visitor(demo, client):
    for page in Page.objects.live().filter(depth__gt=1):
        assert client.get(page.url).status_code == 200, page.url


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 14),
        ("/pricing/", 19),
        ("/soundings/", 17),
        ("/soundings/how-to-read-a-bad-month/", 13),
        ("/help/features/", 13),
    ],
)
def test_a_page_takes_no_more_queries_than_it_needs(
    demo, client, address, queries, django_assert_max_num_queries
):
    client.get(address)
    with django_assert_max_num_queries(queries):
        client.get(address)


def test_every_link_on_every_page_leads_somewhere(demo):
    client = Client()
    seen = {"/"}
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code in (200, 302), address
        for found in re.findall(r'<a [^>]*href="(/[^"#]*)', response.content.decode()):
            link = found.replace("&amp;", "&").split("?")[0]
            if link not in seen and not link.startswith(("/media/", "/static/", "/accounts/", "/billing/")):
                seen.add(link)
                waiting.append(link)
