"""What a person may change about themselves, and nobody else may."""

from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from members.devices import describe, is_handheld
from members.models import CustomUser
from tests.factories.members import PASSWORD, PersonFactory, add_totp, picture_file, sign_in, totp_code

pytestmark = pytest.mark.django_db

PROFILE = "/dashboard/settings/"
PAGES = [
    PROFILE,
    "/dashboard/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 "
    "Safari/537.36 Edg/138.0.0.0"
)


@pytest.fixture
def person(client: Client) -> CustomUser:
    person: CustomUser = PersonFactory()
    sign_in(client, person)
    return person


@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_the_settings_asks_a_visitor_to_sign_in(client: Client, address: str) -> None:
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_the_settings_leads_to_every_other(
    client: Client, person: CustomUser, address: str
) -> None:
    content = client.get(address).content.decode()
    for other in PAGES:
        assert f'href="{other}"' in content, other


def test_a_name_is_changed(client: Client, person: CustomUser) -> None:
    response = client.post(PROFILE, {"first_name": "Ada", "last_name": "Lovelace"}, follow=True)
    assert "Your profile is saved." in response.content.decode()
    person.refresh_from_db()
    assert person.name == "Ada Lovelace"


def test_a_picture_is_changed_and_taken_away(client: Client, person: CustomUser, media: Path) -> None:
    client.post(PROFILE, {"first_name": "Ada", "picture": picture_file()})
    person.refresh_from_db()
    assert person.avatar_url in client.get(PROFILE).content.decode()
    client.post(PROFILE, {"first_name": "Ada", "remove_picture": "on"})
    person.refresh_from_db()
    assert not person.avatar


def test_a_file_that_is_no_picture_is_refused_beside_its_field(
    client: Client, person: CustomUser, media: Path
) -> None:
    upload = SimpleUploadedFile("me.jpg", b"<script>")
    response = client.post(PROFILE, {"first_name": "Ada", "picture": upload}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "could not read this file as a picture" in response.content.decode()
    person.refresh_from_db()
    assert person.first_name == ""


def test_what_the_form_does_not_offer_cannot_be_changed(client: Client, person: CustomUser) -> None:
    client.post(PROFILE, {"first_name": "Ada", "is_superuser": "on", "email": "evil@example.com"})
    stored = CustomUser.objects.get(pk=person.pk)
    assert (stored.is_superuser, stored.email) == (False, person.email)


def test_a_device_can_be_signed_out_from_another(client: Client, person: CustomUser) -> None:
    stolen = Client(headers={"User-Agent": IPHONE})
    sign_in(stolen, person)
    assert "Safari on iPhone" in client.get("/accounts/sessions/").content.decode()
    session = UserSession.objects.get(user_agent=IPHONE)
    client.post(reverse("members:end_session", args=[session.pk]))
    assert stolen.get(PROFILE).status_code == 302
    assert client.get(PROFILE).status_code == 200


def test_somebody_elses_device_cannot_be_signed_out(client: Client, person: CustomUser) -> None:
    other = Client()
    sign_in(other, PersonFactory())
    session = UserSession.objects.exclude(user=person).get()
    assert client.post(reverse("members:end_session", args=[session.pk])).status_code == 404
    assert other.get(PROFILE).status_code == 200


def test_all_other_devices_are_signed_out_at_once(client: Client, person: CustomUser) -> None:
    other = Client()
    sign_in(other, person)
    client.post("/accounts/sessions/")
    assert other.get(PROFILE).status_code == 302
    assert client.get(PROFILE).status_code == 200


def test_a_new_password_signs_the_other_devices_out(client: Client, person: CustomUser) -> None:
    other = Client()
    sign_in(other, person)
    new = PASSWORD[::-1]
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302
    assert any("password" in message.subject.lower() for message in mail.outbox)


def test_somebody_with_a_second_factor_can_still_change_the_address(
    client: Client, person: CustomUser
) -> None:
    secret = add_totp(person)
    client.post(reverse("mfa_reauthenticate"), {"code": totp_code(secret)})
    client.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    assert "new@example.com" in [message.to[0] for message in mail.outbox]


def test_changing_the_address_asks_who_is_there(client: Client, person: CustomUser) -> None:
    response = client.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    assert "/reauthenticate/" in response["Location"]


@pytest.mark.parametrize(
    ("user_agent", "words", "handheld"),
    [
        (FIREFOX, "Firefox on Linux", False),
        (IPHONE, "Safari on iPhone", True),
        (EDGE, "Edge on Windows", False),
        ("curl/8.5", "Unknown device", False),
        ("", "Unknown device", False),
    ],
)
def test_a_device_is_named_as_people_know_it(user_agent: str, words: str, handheld: bool) -> None:
    assert (describe(user_agent), is_handheld(user_agent)) == (words, handheld)


def test_pictures_can_be_changed_often_but_not_without_end(client: Client, person: CustomUser) -> None:
    codes = [client.post(PROFILE, {"first_name": "Ada"}).status_code for _ in range(21)]
    assert codes == [302] * 20 + [429]
