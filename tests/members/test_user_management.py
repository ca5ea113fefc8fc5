"""People are managed in Wagtail's admin and in Django's, by address and without usernames."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from members.models import CustomUser
from members.roles import BILLING_ADMINS, EDITORS
from members.wagtail_users import PersonEditForm
from tests.factories.billing import StripeCustomerFactory
from tests.factories.members import PASSWORD, PersonFactory, person_in

pytestmark = pytest.mark.django_db

NEW = {"email": "Grace@Example.com", "first_name": "Grace", "last_name": ""}
PASSWORDS = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def admin(client: Client) -> CustomUser:
    root = CustomUser.objects.create_superuser("root@example.com", PASSWORD)
    client.force_login(root)
    return root


def address_of(person: CustomUser) -> EmailAddress:
    return EmailAddress.objects.get(user=person)


def test_wagtail_lists_people_by_address(client: Client, admin: CustomUser) -> None:
    person = PersonFactory()
    content = client.get(reverse("wagtailusers_users:index")).content.decode()
    assert person.email in content
    assert "Username" not in content


def test_the_list_does_not_ask_once_more_per_person(
    client: Client, admin: CustomUser, django_assert_max_num_queries
) -> None:
    PersonFactory.create_batch(20)
    client.get(reverse("wagtailusers_users:index"))
    with django_assert_max_num_queries(20):
        client.get(reverse("wagtailusers_users:index"))


def test_people_are_found_by_name_and_address(client: Client, admin: CustomUser) -> None:
    found, other = PersonFactory(last_name="Lovelace"), PersonFactory()
    content = client.get(reverse("wagtailusers_users:index"), {"q": "lovelace"}).content.decode()
    assert found.email in content
    assert other.email not in content


def test_wagtail_adds_a_person_who_verifies_at_the_first_sign_in(client: Client, admin: CustomUser) -> None:
    group = Group.objects.get(name=EDITORS)
    data = {**NEW, **PASSWORDS, "groups": [group.pk]}
    response = client.post(reverse("wagtailusers_users:add"), data)
    assert response.status_code == 302, response.context["form"].errors
    person = CustomUser.objects.get(email="grace@example.com")
    assert person.check_password(PASSWORD)
    assert list(person.groups.all()) == [group]
    assert not address_of(person).verified


def test_a_second_account_with_the_same_address_is_refused_whatever_the_case(
    client: Client, admin: CustomUser
) -> None:
    PersonFactory(email="grace@example.com")
    response = client.post(reverse("wagtailusers_users:add"), {**NEW, **PASSWORDS})
    assert response.status_code == 200
    assert "exists" in str(response.context["form"].errors)
    assert CustomUser.objects.filter(email__iexact="grace@example.com").count() == 1


def test_an_address_changed_in_wagtail_has_to_be_verified_again(client: Client, admin: CustomUser) -> None:
    person = PersonFactory()
    data = {**NEW, "is_active": "on"}
    response = client.post(reverse("wagtailusers_users:edit", args=[person.pk]), data)
    assert response.status_code == 302, response.context["form"].errors
    assert (address_of(person).email, address_of(person).verified) == ("grace@example.com", False)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_form_that_only_prepares_a_change_stores_nothing() -> None:
    person = PersonFactory()
    form = PersonEditForm({"email": "new@example.com", "is_active": "on"}, instance=person)
    assert form.is_valid()
    form.save(commit=False)
    assert address_of(person).email != "new@example.com"


def test_other_changes_leave_the_address_verified(client: Client, admin: CustomUser) -> None:
    person = PersonFactory()
    data = {"email": person.email, "first_name": "Grace", "is_active": "on"}
    client.post(reverse("wagtailusers_users:edit", args=[person.pk]), data)
    assert address_of(person).verified


@pytest.mark.parametrize("role", [EDITORS, BILLING_ADMINS])
def test_no_role_manages_people(client: Client, role: str) -> None:
    client.force_login(person_in(role))
    assert client.get(reverse("wagtailusers_users:index")).status_code == 302
    assert client.get(reverse("wagtailusers_users:add")).status_code == 302


def test_nobody_deletes_a_person_who_pays(client: Client, admin: CustomUser) -> None:
    payer = StripeCustomerFactory(user=PersonFactory())
    response = client.post(reverse("wagtailusers_users:delete", args=[payer.user_id]), follow=True)
    assert "Nobody was deleted" in response.content.decode()
    assert CustomUser.objects.filter(pk=payer.user_id).exists()


def test_nobody_deletes_them_among_others_either(client: Client, admin: CustomUser) -> None:
    payer, other = StripeCustomerFactory(user=PersonFactory()).user, PersonFactory()
    response = client.post(bulk("delete", payer, other), follow=True)
    assert "Nobody was deleted" in response.content.decode()
    assert CustomUser.objects.filter(pk__in=[payer.pk, other.pk]).count() == 2


def test_people_who_never_paid_are_deleted(client: Client, admin: CustomUser) -> None:
    one, two, three = PersonFactory.create_batch(3)
    client.post(bulk("delete", one, two))
    client.post(reverse("wagtailusers_users:delete", args=[three.pk]))
    assert not CustomUser.objects.exclude(pk=admin.pk).exists()


def test_a_payer_can_be_switched_off_among_others(client: Client, admin: CustomUser) -> None:
    payer = StripeCustomerFactory(user=PersonFactory()).user
    client.post(bulk("set_active_state", payer), {"mark_as_active": "False"})
    payer.refresh_from_db()
    assert not payer.is_active


def bulk(action: str, *people: CustomUser) -> str:
    address = reverse("wagtail_bulk_action", args=["members", "customuser", action])
    return f"{address}?{'&'.join(f'id={person.pk}' for person in people)}"


def test_django_admin_adds_a_person_by_address(client: Client, admin: CustomUser) -> None:
    data = {"email": "Grace@Example.com", "usable_password": "true", **PASSWORDS}
    response = client.post(reverse("admin:members_customuser_add"), data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert not address_of(CustomUser.objects.get(email="grace@example.com")).verified


def test_django_admin_changes_a_person(client: Client, admin: CustomUser) -> None:
    person = PersonFactory()
    address = reverse("admin:members_customuser_change", args=[person.pk])
    assert person.email in client.get(address).content.decode()
    response = client.post(address, {"email": "grace@example.com", "is_active": "on"})
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert address_of(person).email == "grace@example.com"


def test_django_admin_lists_and_searches_people(client: Client, admin: CustomUser) -> None:
    found, other = PersonFactory(first_name="Grace"), PersonFactory()
    content = client.get(reverse("admin:members_customuser_changelist"), {"q": "grace"}).content.decode()
    assert found.email in content
    assert other.email not in content


def test_the_admin_shows_a_persons_own_picture(client: Client, admin: CustomUser) -> None:
    assert "gravatar" not in client.get("/admin/").content.decode()
    CustomUser.objects.filter(pk=admin.pk).update(avatar="avatars/me.webp")
    assert "/media/avatars/me.webp" in client.get("/admin/").content.decode()


def test_the_admins_account_page_offers_no_second_way_to_change_picture_password_or_address(
    client: Client, admin: CustomUser
) -> None:
    content = client.get(reverse("wagtailadmin_account")).content.decode()
    for kind in ("password", "email", "file"):
        assert f'type="{kind}"' not in content
    assert 'href="/dashboard/settings/"' in content


def test_the_admins_account_page_still_saves_the_rest(client: Client, admin: CustomUser) -> None:
    data = {"name_email-first_name": "Grace", "name_email-last_name": "Hopper", "theme-theme": "dark"}
    data |= {"theme-contrast": "system", "theme-density": "default"}
    response = client.post(reverse("wagtailadmin_account"), data)
    assert response.status_code == 302
    admin.refresh_from_db()
    assert admin.name == "Grace Hopper"


def test_a_customer_has_no_account_page_in_the_admin(client: Client) -> None:
    client.force_login(PersonFactory())
    assert client.get(reverse("wagtailadmin_account")).status_code == 302
