"""What happens around every view."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

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


def sign_in_address(response) -> tuple[str, str]:
    address = urlsplit(response.get("HX-Redirect") or response["Location"])
    return address.path, parse_qs(address.query)["next"][0]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_form_sent_after_the_session_leads_back_to_the_page_it_stands_on(client: Client, headers) -> None:
    headers = {**headers, "Referer": "http://testserver/billing/checkout/cutter/?interval=year#pay"}
    response = client.post("/billing/keep/", headers=headers)
    assert sign_in_address(response) == ("/accounts/login/", "/billing/checkout/cutter/?interval=year")
    assert "signed out meanwhile" in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("page", ["", "https://evil.example/billing/", "//evil.example/", "javascript:1"])
def test_without_a_page_of_this_site_it_leads_to_where_the_form_was_sent(client: Client, page: str) -> None:
    response = client.post("/billing/cancel/", headers={"Referer": page})
    assert sign_in_address(response) == ("/accounts/login/", "/billing/cancel/")


def test_who_only_looks_is_led_back_to_the_page_and_told_nothing(client: Client) -> None:
    response = client.get("/billing/", headers={"Referer": "http://testserver/pricing/"})
    assert sign_in_address(response) == ("/accounts/login/", "/billing/")
    assert "signed out meanwhile" not in client.get("/accounts/login/").content.decode()
