"""Editors see in the page explorer who can read what."""

from typing import Any

import pytest
from django.test import Client

from home.gate.audience import Audience
from tests.factories.billing import FeatureFactory
from tests.factories.home import ArticleIndexPageFactory, ArticlePageFactory
from tests.factories.members import person_in

pytestmark = pytest.mark.django_db


def test_the_explorer_names_the_audience_of_each_page(client: Client) -> None:
    feature = FeatureFactory(key="workshops", name="Live workshops")
    section = ArticleIndexPageFactory(audience=Audience.MEMBERS)
    ArticlePageFactory(parent=section)
    ArticlePageFactory(parent=section, audience=Audience.PLANS, audience_feature=feature)
    ArticlePageFactory(parent=section, audience=Audience.EVERYONE)
    client.force_login(person_in("Editors"))

    content = client.get(f"/admin/pages/{section.pk}/").content.decode()

    for label in ("Readers", "Members", "Live workshops", "Everyone"):
        assert label in content


def test_the_explorer_asks_once_for_all_pages(client: Client, django_assert_max_num_queries: Any) -> None:
    section = ArticleIndexPageFactory(audience=Audience.MEMBERS)
    client.force_login(person_in("Editors"))
    ArticlePageFactory(parent=section)
    address = f"/admin/pages/{section.pk}/"
    client.get(address)
    with django_assert_max_num_queries(60) as few:
        client.get(address)
    for _ in range(6):
        ArticlePageFactory(parent=section)

    with django_assert_max_num_queries(len(few) + 2):
        client.get(address)


def test_the_form_asks_for_the_feature_of_an_audience_of_customers(client: Client) -> None:
    article = ArticlePageFactory()
    form_class = type(article).get_edit_handler().get_form_class()

    typed = {"title": "A", "slug": "a", "audience": Audience.PLANS, "body-count": 0}
    form = form_class(typed, instance=article, for_user=person_in("Editors"))

    assert "Choose the feature" in form.errors["audience_feature"][0]
