"""Who the session's user is, loaded with payer and permissions: no check of either needs a further query."""

from datetime import date
from functools import lru_cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from billing.api import with_entitlements
from members.models import CustomUser

PERMISSIONS = "_perm_cache"  # where Django's own backend keeps them for the time of a request
CAME_ALONG = "permission_names"  # where they stand beside the person of a request


class MemberBackend(AuthenticationBackend):
    """allauth's e-mail sign-in; each request loads user, billing customer and permissions in one query."""

    def get_user(self, user_id: int) -> CustomUser | None:
        """The active person with this id, or ``None``."""
        user = _people(timezone.now().date()).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """What the person and their groups were given: it came along, or is one query, not Django's two.

        Every page of a signed-in person asks, for the menu that leads to the admin.
        """
        if user_obj.pk is None:
            return set()
        if not user_obj.is_active or user_obj.is_superuser or obj is not None:
            permissions: set[str] = super().get_all_permissions(user_obj, obj)
            return permissions
        if not hasattr(user_obj, PERMISSIONS):
            came_along = getattr(user_obj, CAME_ALONG, None)
            names = _permissions_of(user_obj.pk) if came_along is None else came_along
            setattr(user_obj, PERMISSIONS, set(names))
        return set(getattr(user_obj, PERMISSIONS))

    async def aget_user(self, user_id: int) -> CustomUser | None:
        """The same for async views, which Django's own method would load without the payer."""
        return await sync_to_async(self.get_user)(user_id)


@lru_cache(maxsize=1)
def _people(day: date) -> QuerySet[CustomUser]:
    """Everybody as a request loads them; built once a ``day``, since building takes longer than asking.

    With each midnight in UTC other periods of use are the present ones.
    """
    given = ArraySubquery(_permissions_of(OuterRef(OuterRef("pk"))))
    return with_entitlements(CustomUser.objects.annotate(**{CAME_ALONG: given}))


def _permissions_of(person: Any) -> QuerySet[Any]:
    """The names, as in "app.codename", of what somebody, a user's key, was given."""
    own = CustomUser.user_permissions.through.objects.filter(customuser=person)
    theirs = Group.permissions.through.objects.filter(group__user=person)
    found = Q(pk__in=own.values("permission")) | Q(pk__in=theirs.values("permission"))
    name = Concat(F("content_type__app_label"), Value("."), F("codename"))
    return Permission.objects.filter(found).order_by().values_list(name, flat=True)
