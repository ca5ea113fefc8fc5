"""``manage.py demo`` refuses, in a sentence, where it must not run."""

import pytest
from django.core.management import CommandError, call_command

from home.pages.articles import ArticlePage
from tests.factories.home import front_page

pytestmark = pytest.mark.django_db


def test_it_refuses_where_debug_is_off(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="on your own machine"):
        call_command("demo")
    assert not ArticlePage.objects.exists()


def test_it_refuses_to_join_a_real_site(settings, monkeypatch):
    settings.DEBUG = True
    monkeypatch.setenv("DEMO_PASSWORD", "correct horse battery")
    front_page()
    with pytest.raises(CommandError, match="front page of its own"):
        call_command("demo")
