"""No door into an admin takes a password: sign-in happens at allauth, second factor included."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from members.models import CustomUser
from members.roles import EDITORS
from tests.factories.members import (
    PASSWORD,
    PersonFactory,
    add_passkey,
    add_totp,
    person_in,
    sign_in,
    totp_code,
)

pytestmark = pytest.mark.django_db

DOORS = ["/admin/login/", "/django-admin/login/", "/_util/login/"]
FIELDS = ["username", "email", "login"]


@pytest.fixture
def superuser() -> CustomUser:
    return CustomUser.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def editor() -> CustomUser:
    return person_in(EDITORS)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("door", DOORS)
def test_a_right_password_at_an_admins_door_opens_no_session(
    client: Client, superuser: CustomUser, door: str, field: str
) -> None:
    add_totp(superuser)
    response = client.post(door, {field: superuser.email, "password": PASSWORD, "next": "/admin/"})
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("door", DOORS)
def test_no_door_shows_a_password_field_of_its_own(client: Client, door: str) -> None:
    assert client.get(door)["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/admin/pages/3/", "%2Fadmin%2Fpages%2F3%2F"),
        ("https://evil.example/", "%2Fadmin%2F"),
        ("//evil.example", "%2Fadmin%2F"),
        ("javascript:alert(1)", "%2Fadmin%2F"),
        ("", "%2Fadmin%2F"),
    ],
)
def test_the_way_back_is_kept_when_it_is_ours(client: Client, asked: str, kept: str) -> None:
    response = client.get("/admin/login/", {"next": asked})
    assert response["Location"] == f"/accounts/login/?next={kept}"


def test_wagtails_password_reset_is_not_reachable(client: Client, superuser: CustomUser, mailoutbox) -> None:
    assert client.post("/admin/password_reset/", {"email": superuser.email})["Location"] == reverse(
        "account_reset_password"
    )
    for page in ("done/", "confirm/MQ/x-y/", "complete/"):
        assert client.get(f"/admin/password_reset/{page}").status_code == 404
    assert not mailoutbox


def test_an_admin_page_sends_a_visitor_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/admin/pages/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2Fpages%2F"


def test_somebody_with_a_second_factor_gets_in_only_with_it(client: Client, editor: CustomUser) -> None:
    secret = add_totp(editor)
    response = sign_in(client, editor, next="/admin/")
    assert response["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    response = client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_session_that_skipped_the_second_factor_is_asked_for_it(client: Client, editor: CustomUser) -> None:
    secret = add_totp(editor)
    client.force_login(editor)
    again = client.get("/admin/pages/")["Location"]
    assert again == f"{reverse('mfa_reauthenticate')}?next=%2Fadmin%2Fpages%2F"
    assert client.post(again, {"code": totp_code(secret)})["Location"] == "/admin/pages/"
    assert client.get("/admin/").status_code == 200


def test_somebody_with_only_a_passkey_is_asked_for_the_passkey(client: Client, editor: CustomUser) -> None:
    add_passkey(editor)
    client.force_login(editor)
    assert client.get("/admin/")["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))


def test_where_a_second_factor_is_required_an_admin_without_is_sent_to_set_one_up(
    client: Client, editor: CustomUser, superuser: CustomUser, settings: Settings
) -> None:
    settings.REQUIRE_ADMIN_MFA = True
    for admin, address in (
        (editor, "/admin/"),
        (superuser, "/django-admin/"),
        (superuser, "/admin/reports/"),
    ):
        client.force_login(admin)
        response = client.get(address, follow=True)
        assert response.redirect_chain == [(reverse("mfa_index"), 302)]
        assert "two-factor sign-in" in str(next(iter(response.context["messages"])))


def test_where_it_is_not_required_the_admin_offers_it(client: Client, editor: CustomUser) -> None:
    client.force_login(editor)
    assert "Turn on two-factor sign-in" in client.get("/admin/").content.decode()


def test_nobody_who_used_a_second_factor_is_offered_one(client: Client, editor: CustomUser) -> None:
    secret = add_totp(editor)
    sign_in(client, editor)
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert "Turn on two-factor sign-in" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("required", [True, False])
def test_a_customer_is_told_that_the_admin_is_not_for_them(
    client: Client, settings: Settings, required: bool
) -> None:
    settings.REQUIRE_ADMIN_MFA = required
    client.force_login(PersonFactory())
    for address in ("/admin/", "/django-admin/"):
        response = client.get(address, follow=True)
        assert response.status_code == 403
        assert "people who run the site" in response.content.decode()


def test_an_editor_does_not_get_into_djangos_admin(client: Client, editor: CustomUser) -> None:
    editor.is_staff = True
    editor.save()
    client.force_login(editor)
    assert client.get("/django-admin/", follow=True).status_code == 403


def test_a_superuser_works_in_both_admins(client: Client, superuser: CustomUser) -> None:
    client.force_login(superuser)
    assert client.get("/admin/").status_code == 200
    assert client.get("/django-admin/").status_code == 200
    assert client.get("/admin/login/")["Location"] == "/admin/"
    assert client.get("/django-admin/login/")["Location"] == "/django-admin/"
    assert client.get("/django-admin/password_change/")["Location"] == reverse("account_change_password")


def test_signing_out_of_the_admin_ends_the_session(client: Client, editor: CustomUser) -> None:
    client.force_login(editor)
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session
