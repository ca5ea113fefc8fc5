"""From the sign-up form to the page one was going to, whichever browser opens the mail."""

import re
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from members.models import CustomUser
from tests.factories.members import PASSWORD, PersonFactory, sign_in

pytestmark = pytest.mark.django_db

CHECKOUT = "/billing/checkout/pro/"
HOSTILE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "https://127.0.0.1/",
]


def sign_up(client: Client, email: str = "ada@example.com", **extra: str):
    return client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD, **extra})


def link_in(message: mail.EmailMessage) -> str:
    """The address in a mail, without its host."""
    found = re.search(r"https?://[^/\s]+(/accounts/\S+)", str(message.body))
    assert found, message.body
    return found.group(1)


def open_and_confirm(client: Client, link: str):
    """Open the mailed link and press the button of the page, as a person would."""
    page = client.get(link)
    action = re.search(r'<form[^>]*action="([^"]*confirm-email[^"]*)"', page.content.decode())
    assert action, page.content.decode()
    return client.post(action.group(1).replace("&amp;", "&"))


def test_signing_up_asks_for_the_mail_before_anything_else(client: Client) -> None:
    response = sign_up(client)
    assert response["Location"] == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session
    assert not EmailAddress.objects.get().verified
    assert mail.outbox[0].to == ["ada@example.com"]


def test_nobody_signs_in_before_the_address_is_verified(client: Client) -> None:
    person = PersonFactory(address=False)
    assert sign_in(client, person)["Location"] == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session


def test_the_browser_that_signed_up_goes_on_where_it_was_going(client: Client) -> None:
    sign_up(client, next=CHECKOUT)
    response = open_and_confirm(client, link_in(mail.outbox[0]))
    assert response["Location"] == CHECKOUT
    assert client.session["_auth_user_id"]


def test_another_browser_signs_in_and_then_goes_on(client: Client) -> None:
    sign_up(client, next=CHECKOUT)
    other = Client()
    response = open_and_confirm(other, link_in(mail.outbox[0]))
    assert response["Location"] == f"{reverse('account_login')}?{urlencode({'next': CHECKOUT})}"
    assert "_auth_user_id" not in other.session
    person = CustomUser.objects.get()
    assert sign_in(other, person, next=CHECKOUT)["Location"] == CHECKOUT


def test_without_a_way_back_another_browser_just_signs_in(client: Client) -> None:
    sign_up(client)
    assert open_and_confirm(Client(), link_in(mail.outbox[0]))["Location"] == reverse("account_login")


def test_without_a_way_back_the_dashboard_opens(client: Client) -> None:
    sign_up(client)
    assert open_and_confirm(client, link_in(mail.outbox[0]))["Location"] == "/dashboard/"


def test_a_mail_scanner_that_follows_the_link_verifies_nothing(client: Client) -> None:
    sign_up(client)
    Client().get(link_in(mail.outbox[0]))
    assert not EmailAddress.objects.get().verified


def test_a_link_that_somebody_made_up_is_explained(client: Client) -> None:
    response = client.get(reverse("account_confirm_email", args=["made-up"]))
    assert response.status_code == 200
    assert "This link has run out" in response.content.decode()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_way_back_is_dropped_at_sign_up(client: Client, hostile: str) -> None:
    sign_up(client, next=hostile)
    assert "evil" not in str(mail.outbox[0].body)
    assert open_and_confirm(client, link_in(mail.outbox[0]))["Location"] == "/dashboard/"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_way_back_is_dropped_at_sign_in(client: Client, hostile: str) -> None:
    assert sign_in(client, PersonFactory(), next=hostile)["Location"] == "/dashboard/"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_way_back_in_the_mailed_link_is_dropped(client: Client, hostile: str) -> None:
    sign_up(client)
    link = link_in(mail.outbox[0])
    response = Client().post(f"{link}?{urlencode({'then': hostile})}")
    assert response["Location"] == reverse("account_login")


def test_a_known_address_gets_the_same_answer_and_another_mail(client: Client) -> None:
    PersonFactory(email="ada@example.com")
    known, unknown = sign_up(client), sign_up(Client(), "new@example.com")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert "already" in str(mail.outbox[0].body)
    assert CustomUser.objects.filter(email="ada@example.com").count() == 1


def test_a_known_address_is_known_whatever_its_case(client: Client) -> None:
    PersonFactory(email="ada@example.com")
    sign_up(client, "ADA@Example.com")
    assert CustomUser.objects.count() == 1


def test_a_weak_password_is_refused_with_the_reason(client: Client) -> None:
    response = sign_up(client, password1="12345678")
    assert "too common" in response.content.decode()
    assert not CustomUser.objects.exists()


def test_with_htmx_the_answer_holds_the_form_with_its_errors(client: Client) -> None:
    data = {"email": "nobody", "password1": ""}
    response = client.post(reverse("account_signup"), data, headers={"HX-Request": "true"})
    content = response.content.decode()
    assert response.status_code == 200
    assert "valid email address" in content
    assert "This field is required" in content


def test_a_mail_server_that_fails_costs_the_mail_and_not_the_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down(*_: object, **__: object) -> None:
        raise SMTPRecipientsRefused({"ada@example.com": (451, b"try again later")})

    monkeypatch.setattr(mail.EmailMessage, "send", down)
    response = client.post(
        reverse("account_signup"), {"email": "ada@example.com", "password1": PASSWORD}, follow=True
    )
    assert response.status_code == 200
    assert "could not send you an e-mail" in response.content.decode()
    assert "was not accepted: SMTPRecipientsRefused" in caplog.text
    assert "ada@example.com" not in caplog.text


def test_who_lost_the_mail_gets_a_new_one_by_signing_in(client: Client) -> None:
    person = PersonFactory(address=False)
    sign_in(client, person, next=CHECKOUT)
    assert "then=%2Fbilling%2Fcheckout%2Fpro%2F" in link_in(mail.outbox[0])


def test_signing_up_too_often_is_refused(client: Client) -> None:
    codes = [sign_up(client, f"person{number}@example.com").status_code for number in range(21)]
    assert codes[-1] == 429
    assert set(codes[:-1]) == {302}


def test_a_new_address_verified_while_signed_in_leads_to_the_settings(client: Client) -> None:
    person = PersonFactory(email="old@example.com")
    sign_in(client, person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "new@example.com", "action_add": ""})
    message = next(message for message in mail.outbox if message.to == ["new@example.com"])
    assert open_and_confirm(client, link_in(message))["Location"] == reverse("account_email")
    person.refresh_from_db()
    assert person.email == "new@example.com"
    assert EmailAddress.objects.get(user=person).email == "new@example.com"
