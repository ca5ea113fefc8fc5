"""Who the session's user is, loaded together with the payer: permission checks need no further query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Permission
from django.db.models import Q

from billing.api import with_entitlements
from members.models import CustomUser

PERMISSIONS = "_perm_cache"  # where Django's own backend keeps them for the time of a request


class MemberBackend(AuthenticationBackend):
    """allauth's e-mail sign-in; each request loads user and billing customer in one join."""

    def get_user(self, user_id: int) -> CustomUser | None:
        """The active person with this id, or ``None``."""
        user = with_entitlements(CustomUser.objects.filter(pk=user_id)).first()
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """What the person and their groups were given, in one query where Django's own way takes two.

        Every page of a signed-in person asks, for the menu that leads to the admin.
        """
        if user_obj.pk is None:
            return set()
        if not user_obj.is_active or user_obj.is_superuser or obj is not None:
            permissions: set[str] = super().get_all_permissions(user_obj, obj)
            return permissions
        if not hasattr(user_obj, PERMISSIONS):
            setattr(user_obj, PERMISSIONS, _permissions_of(user_obj))
        return set(getattr(user_obj, PERMISSIONS))

    async def aget_user(self, user_id: int) -> CustomUser | None:
        """The same for async views, which Django's own method would load without the payer."""
        return await sync_to_async(self.get_user)(user_id)


def _permissions_of(person: CustomUser) -> set[str]:
    given = Permission.objects.filter(Q(user=person.pk) | Q(group__user=person.pk)).order_by()
    names = given.values_list("content_type__app_label", "codename").distinct()
    return {f"{label}.{codename}" for label, codename in names}
