"""Each role may do what its people need, sees its own menu, and nothing else."""

import pytest
from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client, RequestFactory
from wagtail.admin.menu import admin_menu, settings_menu
from wagtail.documents.permissions import permission_policy as documents
from wagtail.images.permissions import permission_policy as images
from wagtail.models import Page

from members import roles
from members.models import CustomUser
from members.roles import BILLING_ADMINS, EDITORS, grant_roles
from tests.factories.members import PersonFactory, person_in

pytestmark = pytest.mark.django_db


def menu_of(person: CustomUser, menu=admin_menu) -> set[str]:
    request = RequestFactory().get("/admin/")
    request.user = CustomUser.objects.get(pk=person.pk)
    return {item.name for item in menu.menu_items_for_request(request)}


@pytest.fixture
def config() -> AppConfig:
    return apps.get_app_config("members")


@pytest.fixture(autouse=True)
def granted_by_this_code(config: AppConfig) -> None:
    """The test database was migrated by whatever code was there when it was made: start from bare groups."""
    for group in Group.objects.filter(name__in=[EDITORS, BILLING_ADMINS]):
        group.permissions.clear()
        group.page_permissions.all().delete()
        group.collection_permissions.all().delete()
    grant_roles(config)


def test_editors_write_publish_and_illustrate() -> None:
    editor = person_in(EDITORS)
    page = Page.objects.get(depth=2)
    may = page.permissions_for_user(editor)
    assert may.can_edit() and may.can_publish() and may.can_add_subpage() and may.can_unpublish()  # noqa: PT018
    for library in (images, documents):
        for action in ("add", "change", "delete", "choose"):
            assert library.user_has_permission(editor, action), (library, action)


def test_editors_see_pages_and_media_and_no_money() -> None:
    editor = person_in(EDITORS)
    assert menu_of(editor) == {"explorer", "images", "documents", "snippets", "reports", "settings", "help"}
    assert menu_of(editor, settings_menu) == {"navigation-and-footer", "redirects"}


def test_editors_hold_no_permission_about_money_or_people() -> None:
    held = Group.objects.get(name=EDITORS).permissions
    assert not held.filter(content_type__app_label__in=["billing", "djstripe", "members", "auth"]).exists()


def test_billing_admins_see_billing_and_nothing_else() -> None:
    person = person_in(BILLING_ADMINS)
    assert menu_of(person) == {"billing", "help", "reports", "settings"}
    assert menu_of(person, settings_menu) == {"leaving-and-coming-back", "stripes-pricing-table"}
    assert not Page.objects.get(depth=2).permissions_for_user(person).can_edit()


def test_billing_admins_hold_every_permission_about_money() -> None:
    held = Group.objects.get(name=BILLING_ADMINS).permissions
    billing = apps.get_app_config("billing").get_models()
    models = {model._meta.model_name for model in billing if model._meta.default_permissions}
    assert (
        set(held.filter(content_type__app_label="billing").values_list("content_type__model", flat=True))
        == models
    )
    beside = set(held.exclude(content_type__app_label="billing").values_list("codename", flat=True))
    assert beside == {"access_admin", "view_pageunlock", "change_pageunlock"}


def test_a_customer_has_no_role(client: Client) -> None:
    assert not PersonFactory().may_enter_admin


def test_every_role_opens_the_admin(client: Client) -> None:
    for role in (EDITORS, BILLING_ADMINS):
        client.force_login(person_in(role))
        assert client.get("/admin/").status_code == 200


def test_a_permission_that_appears_later_is_granted_by_the_next_migrate() -> None:
    Permission.objects.filter(content_type__app_label="billing", content_type__model="plan").delete()
    call_command("migrate", verbosity=0)
    assert person_in(BILLING_ADMINS).has_perm("billing.change_plan")


def test_what_an_admin_granted_on_top_stays(config) -> None:
    group = Group.objects.get(name=EDITORS)
    extra = Permission.objects.get(codename="change_group")
    group.permissions.add(extra)
    grant_roles(config)
    assert extra in group.permissions.all()


def test_granting_twice_changes_nothing(config) -> None:
    before = list(
        Permission.objects.filter(group__isnull=False).values_list("group", "pk").order_by("group", "pk")
    )
    grant_roles(config)
    after = list(
        Permission.objects.filter(group__isnull=False).values_list("group", "pk").order_by("group", "pk")
    )
    assert before == after


def test_a_database_migrated_half_way_is_left_alone(config) -> None:
    class HalfMigrated:
        def get_model(self, name: str) -> None:
            raise LookupError(name)

    Group.objects.filter(name=BILLING_ADMINS).delete()
    grant_roles(config, apps=HalfMigrated())
    assert not Group.objects.filter(name=BILLING_ADMINS).exists()


def test_an_empty_site_gets_its_groups_all_the_same(config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles.Page.objects, "filter", lambda **_: Page.objects.none())
    monkeypatch.setattr(roles.Collection.objects, "filter", lambda **_: Page.objects.none())
    Group.objects.filter(name=BILLING_ADMINS).delete()
    grant_roles(config)
    assert Group.objects.filter(name=BILLING_ADMINS).exists()
