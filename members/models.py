"""The person who signs in; the e-mail address is the name."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from members.managers import CustomUserManager


class CustomUser(AbstractUser):
    """Somebody with an account: a customer, an editor or an admin."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)
    avatar = models.ImageField(upload_to="avatars/", blank=True)
    closing_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the account closes, as its owner asked; until then they can undo it.",
    )
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When it was closed and anonymised.")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = CustomUserManager()  # type: ignore[assignment, misc]

    class Meta:
        verbose_name = "user"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_email",
                violation_error_message="An account with this e-mail address exists already.",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def name(self) -> str:
        """What we call them: the name they gave, else the part of the address before the @."""
        return self.get_full_name() or self.email.partition("@")[0]

    @property
    def avatar_url(self) -> str:
        """The address of their picture; empty without one."""
        return self.avatar.url if self.avatar else ""

    @property
    def may_enter_admin(self) -> bool:
        """Whether the Wagtail admin opens for them."""
        return self.has_perm("wagtailadmin.access_admin")
