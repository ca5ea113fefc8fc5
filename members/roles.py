"""What "Editors" and "Billing admins" may do; every ``migrate`` gives them what this module says.

Permissions appear only after migrations have run (Django makes them in ``post_migrate``), and new models
bring new ones. So a migration makes the groups, and this module, after every migrate, grants what is missing.
It takes nothing away: what an admin grants on top stays. A role with fewer rights is a group of its own.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import router
from django.db.models import Model, Q
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.settings.registry import registry as settings_registry
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page
from wagtail.snippets.models import get_snippet_models

EDITORS = "Editors"
BILLING_ADMINS = "Billing admins"

PAGE_ACTIONS = ("add", "change", "publish", "lock")
COLLECTION_ACTIONS = ("add", "change", "delete", "choose")
NEEDED = ("auth.Permission", "wagtailcore.GroupPagePermission", "wagtailadmin.Admin", "members.CustomUser")


def grant_roles(sender: Any, apps: Any = installed, using: str = "default", **_: Any) -> None:
    """Give both roles their permissions; does nothing while the tables are only half migrated."""
    if _is_ready(apps, using):
        _create_missing_permissions(using)
        _grant_editors()
        _grant_billing_admins()


def _is_ready(apps: Any, using: str) -> bool:
    try:
        models = [apps.get_model(name) for name in NEEDED]
    except LookupError:
        return False
    return all(router.allow_migrate_model(using, model) for model in models)


def _create_missing_permissions(using: str) -> None:
    for config in installed.get_app_configs():
        create_permissions(config, verbosity=0, using=using)


def _grant_editors() -> None:
    """Editors write, publish, illustrate, and keep navigation, snippets and redirects."""
    group, _ = Group.objects.get_or_create(name=EDITORS)
    models = {model for model in get_snippet_models() if model._meta.app_label == "home"}
    settings = {model for model in settings_registry if model._meta.app_label == "home"}
    group.permissions.add(
        _admin_access(),
        *_permissions({*models, Redirect}),
        *_permissions(settings).filter(codename__startswith="change_"),
    )
    _grant_pages(group)
    for model in (Image, Document):  # Wagtail asks about its own models, whatever models a site uses instead
        _grant_collections(group, model)


def _grant_billing_admins() -> None:
    """Billing admins do everything about money, and touch no page."""
    group, _ = Group.objects.get_or_create(name=BILLING_ADMINS)
    unlocks = _permissions([installed.get_model("home", "PageUnlock")])  # who paid credits for which page
    group.permissions.add(
        _admin_access(),
        *_permissions(installed.get_app_config("billing").get_models()),
        *unlocks.filter(codename__regex="^(view|change)_"),
    )


def _admin_access() -> Permission:
    return Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")


def _permissions(models: Iterable[type[Model]]) -> Any:
    wanted = Q(pk__in=[])
    for model in models:
        wanted |= Q(content_type__app_label=model._meta.app_label, content_type__model=model._meta.model_name)
    return Permission.objects.filter(wanted)


def _grant_pages(group: Group) -> None:
    root = Page.objects.filter(depth=1).first()
    if root is None:
        return
    for action in PAGE_ACTIONS:
        permission = _permissions([Page]).get(codename=f"{action}_page")
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _grant_collections(group: Group, model: type[Model]) -> None:
    root = Collection.objects.filter(depth=1).first()
    if root is None:
        return
    wanted = rf"^({'|'.join(COLLECTION_ACTIONS)})_"
    for permission in _permissions([model]).filter(codename__regex=wanted):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
