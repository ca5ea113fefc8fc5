"""What happens to an account is logged by its number; no line names a person."""

import logging

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories.members import PASSWORD, PersonFactory, add_totp, sign_in, totp_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def journal(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="members.journal")
    return caplog


def test_signing_in_and_out_is_logged_by_number(client: Client, journal: pytest.LogCaptureFixture) -> None:
    person = PersonFactory()
    sign_in(client, person)
    client.post(reverse("account_logout"))
    assert [record.getMessage() for record in journal.records if record.name == "members.journal"] == [
        f"Account {person.pk} signed in",
        f"Account {person.pk} signed out",
    ]


def test_a_second_factor_is_logged_with_its_kind(client: Client, journal: pytest.LogCaptureFixture) -> None:
    person = PersonFactory()
    secret = add_totp(person)
    sign_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    cache.clear()  # a code works once; the next one would come in 30 s
    client.post(reverse("mfa_reauthenticate"), {"code": totp_code(secret)})
    client.post(reverse("mfa_deactivate_totp"))
    assert f"Account {person.pk} gave a wrong second factor" in journal.text
    assert f"Account {person.pk} removed a second factor (totp)" in journal.text


def test_no_line_names_a_person(client: Client, journal: pytest.LogCaptureFixture) -> None:
    client.post(reverse("account_signup"), {"email": "ada@example.com", "password1": PASSWORD})
    sign_in(client, PersonFactory(email="grace@example.com"))
    client.post(reverse("account_login"), {"login": "grace@example.com", "password": "wrong"})
    assert "signed up" in journal.text
    assert "example.com" not in journal.text


def test_signing_out_twice_is_no_news(client: Client, journal: pytest.LogCaptureFixture) -> None:
    client.logout()
    assert "signed out" not in journal.text
