"""How people are created and found: by e-mail address, whatever its case."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.base_user import BaseUserManager
from django.db import transaction

if TYPE_CHECKING:
    from members.models import CustomUser


class CustomUserManager(BaseUserManager["CustomUser"]):
    """Creates people whose name is their e-mail address."""

    def get_by_natural_key(self, username: str | None) -> "CustomUser":
        """Find somebody by address; ``Ada@`` and ``ada@`` are one person."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "CustomUser":
        """Store a new person, whose address is not verified yet. Raises ``ValueError`` without an address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "CustomUser":
        """Store a person who may do everything.

        Whoever can call this has the server in their hands, so the address counts as verified: the first
        admin can sign in before mail is set up.
        """
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        addresses = apps.get_model("account", "EmailAddress").objects.using(self._db)
        addresses.create(user=user, email=user.email, verified=True, primary=True)
        return user
