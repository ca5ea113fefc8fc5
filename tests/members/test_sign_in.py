"""Signing in: by password, second factor and recovery code; slow for who guesses, silent about who exists."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from members.adapters import MFAAdapter
from members.models import CustomUser
from tests.factories.members import PASSWORD, PersonFactory, add_totp, sign_in, totp_code

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"
WRONG = PASSWORD[::-1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def without_tokens(content: bytes) -> str:
    """A page without what is different in every answer."""
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", content.decode())
    return re.sub(r'value="[^"]*@example.com"', "", text)


def test_the_case_of_the_address_does_not_matter(client: Client) -> None:
    PersonFactory(email="ada@example.com")
    client.post(LOGIN, {"login": " ADA@Example.COM", "password": PASSWORD})
    assert is_signed_in(client)


def test_signing_in_gives_the_session_a_new_key(client: Client) -> None:
    client.get(LOGIN)
    client.session["planted"] = True
    client.session.save()
    before = client.session.session_key
    sign_in(client, PersonFactory())
    assert client.session.session_key != before


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client) -> None:
    person = PersonFactory()
    known = client.post(LOGIN, {"login": person.email, "password": WRONG})
    unknown = client.post(LOGIN, {"login": "nobody@example.com", "password": WRONG})
    assert without_tokens(known.content) == without_tokens(unknown.content)
    assert "not correct" in known.content.decode()


def test_with_htmx_a_wrong_password_comes_back_with_the_form(client: Client) -> None:
    data = {"login": PersonFactory().email, "password": WRONG}
    response = client.post(LOGIN, data, headers={"HX-Request": "true"})
    assert "HX-Redirect" not in response
    assert "not correct" in response.content.decode()


def test_who_guesses_passwords_is_slowed_down_for_that_address_only(client: Client) -> None:
    person, other = PersonFactory(), PersonFactory()
    for _ in range(5):
        client.post(LOGIN, {"login": person.email, "password": WRONG})
    response = sign_in(client, person)
    assert "Too many failed login attempts" in response.content.decode()
    sign_in(client, other)
    assert is_signed_in(client)


def test_who_guesses_codes_is_slowed_down_too(client: Client) -> None:
    person = PersonFactory()
    secret = add_totp(person)
    sign_in(client, person)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    response = client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert "Too many" in response.content.decode()
    assert not is_signed_in(client)


def test_a_deactivated_account_does_not_open(client: Client) -> None:
    sign_in(client, PersonFactory(is_active=False))
    assert not is_signed_in(client)


def test_a_code_works_once(client: Client) -> None:
    person = PersonFactory()
    code = totp_code(add_totp(person))
    for browser, works in ((client, True), (Client(), False)):
        sign_in(browser, person)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        assert is_signed_in(browser) is works


def test_a_recovery_code_opens_the_account_once(client: Client) -> None:
    person = PersonFactory()
    add_totp(person)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for browser, works in ((client, True), (Client(), False)):
        sign_in(browser, person)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        assert is_signed_in(browser) is works


def test_the_way_back_survives_the_second_factor(client: Client) -> None:
    person = PersonFactory()
    secret = add_totp(person)
    sign_in(client, person, next="/billing/checkout/pro/")
    response = client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert response["Location"] == "/billing/checkout/pro/"


@pytest.mark.django_db(transaction=True)
def test_turning_on_an_app_gives_recovery_codes_and_tells_the_owner(client: Client) -> None:
    person = PersonFactory()
    sign_in(client, person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    form = client.get(reverse("mfa_activate_totp")).context["form"]
    response = client.post(reverse("mfa_activate_totp"), {"code": totp_code(form.secret)})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert {found.type for found in Authenticator.objects.filter(user=person)} == {"totp", "recovery_codes"}
    assert mail.outbox[-1].to == [person.email]


def test_secrets_of_second_factors_are_not_stored_in_clear() -> None:
    person = PersonFactory()
    secret = add_totp(person)
    RecoveryCodes.activate(person)
    for stored in Authenticator.objects.filter(user=person):
        assert secret not in str(stored.data)
        assert str(next(iter(stored.data.values()))).startswith("gAAAA")


def test_a_secret_outlives_the_change_of_the_secret_key(settings: Settings) -> None:
    stored = MFAAdapter().encrypt("seed")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert MFAAdapter().decrypt(stored) == "seed"


def test_new_keys_are_numbered_until_their_owner_names_them() -> None:
    person = PersonFactory()
    adapter = MFAAdapter()
    webauthn = Authenticator.Type.WEBAUTHN
    assert adapter.generate_authenticator_name(person, webauthn) == "Passkey 1"
    Authenticator.objects.create(user=person, type=webauthn, data={})
    assert adapter.generate_authenticator_name(person, webauthn) == "Passkey 2"


def test_asking_for_a_new_password_says_the_same_whoever_asks(client: Client) -> None:
    person = PersonFactory()
    known = client.post(RESET, {"email": person.email}, follow=True)
    unknown = client.post(RESET, {"email": "nobody@example.com"}, follow=True)
    assert without_tokens(known.content) == without_tokens(unknown.content)
    assert [message.to for message in mail.outbox] == [[person.email], ["nobody@example.com"]]


def test_a_new_password_by_mail_does_not_skip_the_second_factor(client: Client) -> None:
    person = PersonFactory()
    add_totp(person)
    client.post(RESET, {"email": person.email})
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    form = client.get(link.group(1))["Location"]
    client.post(form, {"password1": WRONG, "password2": WRONG})
    assert CustomUser.objects.get(pk=person.pk).check_password(WRONG)
    assert not is_signed_in(client)
    cache.clear()
    response = client.post(LOGIN, {"login": person.email, "password": WRONG})
    assert response["Location"] == reverse("mfa_authenticate")


def test_the_key_in_a_reset_link_does_not_stay_in_the_address(client: Client) -> None:
    client.post(RESET, {"email": PersonFactory().email})
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    assert client.get(link.group(1))["Location"].endswith("-set-password/")


def test_asking_for_mails_again_and_again_is_refused(client: Client) -> None:
    person = PersonFactory()
    codes = [client.post(RESET, {"email": person.email}).status_code for _ in range(6)]
    assert codes == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_signing_out_takes_a_click_and_not_just_a_link(client: Client) -> None:
    sign_in(client, PersonFactory())
    client.get(reverse("account_logout"))
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_a_forged_form_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    person = PersonFactory()
    assert sign_in(strict, person).status_code == 403


@pytest.mark.parametrize("address", [LOGIN, RESET, "/accounts/signup/"])
def test_sign_in_pages_are_never_cached_or_indexed(client: Client, address: str) -> None:
    response = client.get(address)
    assert "no-store" in response.get("Cache-Control", "") or address == RESET
    assert 'name="robots" content="noindex"' in response.content.decode()
