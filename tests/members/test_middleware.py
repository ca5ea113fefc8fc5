"""What happens around every view."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.members import PASSWORD, PersonFactory, sign_in

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def test_the_time_a_device_was_last_seen_is_noted(client: Client) -> None:
    sign_in(client, PersonFactory())
    cache.clear()
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=3))
    client.get(reverse("account_email"))
    assert UserSession.objects.get().last_seen_at > timezone.now() - timedelta(minutes=1)


def test_it_is_noted_every_few_minutes_and_not_with_every_request(client: Client) -> None:
    sign_in(client, PersonFactory())
    client.get(reverse("account_email"))
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=3))
    client.get(reverse("account_email"))
    assert UserSession.objects.get().last_seen_at < timezone.now() - timedelta(days=2)


def test_a_page_that_asks_for_nobody_costs_no_query(client: Client, django_assert_num_queries) -> None:
    client.force_login(PersonFactory())
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_signing_out_notes_nothing(client: Client) -> None:
    sign_in(client, PersonFactory())
    cache.clear()
    assert client.post(reverse("account_logout")).status_code == 302


def test_a_redirect_that_answers_htmx_is_followed_by_the_browser(client: Client) -> None:
    person = PersonFactory()
    data = {"login": person.email, "password": PASSWORD}
    response = client.post(reverse("account_login"), data, headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (200, "/dashboard/")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert "sessionid" in response.cookies


def test_an_expired_session_shows_the_sign_in_page_and_not_a_form_inside_a_box(client: Client) -> None:
    response = client.post(reverse("account_change_password"), headers=HTMX)
    assert response["HX-Redirect"].startswith(reverse("account_login"))
