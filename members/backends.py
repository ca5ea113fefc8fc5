"""Who the session's user is, loaded together with the payer: permission checks need no further query."""

from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async

from billing.api import with_entitlements
from members.models import CustomUser


class MemberBackend(AuthenticationBackend):
    """allauth's e-mail sign-in; each request loads user and billing customer in one join."""

    def get_user(self, user_id: int) -> CustomUser | None:
        """The active person with this id, or ``None``."""
        user = with_entitlements(CustomUser.objects.filter(pk=user_id)).first()
        return user if user and self.user_can_authenticate(user) else None

    async def aget_user(self, user_id: int) -> CustomUser | None:
        """The same for async views, which Django's own method would load without the payer."""
        return await sync_to_async(self.get_user)(user_id)
