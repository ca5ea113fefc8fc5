"""Creating people and changing their addresses, so that our row and allauth's always say the same."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from members.models import CustomUser


@transaction.atomic
def register_person(
    *, email: str, password: str | None = None, verified: bool = False, **fields: Any
) -> CustomUser:
    """Create somebody without the sign-up form; unless ``verified``, signing in asks for the mail."""
    user = CustomUser.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


@transaction.atomic
def keep_address_in_step(*, user: CustomUser) -> None:
    """Make ``user.email`` the one address allauth knows for this person.

    For changes made in an admin. A new address has to be verified at the next sign-in: an admin's typing
    error must not hand the account to a stranger. The old address stops working at once.
    """
    email = user.email.lower()
    known = EmailAddress.objects.filter(user=user, email__iexact=email, primary=True)
    if not known.exists():
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=email, verified=False, primary=True)
