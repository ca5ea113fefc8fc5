"""What follows from a change of a person, whoever made it."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from members.avatars import forget_file
from members.models import CustomUser


@receiver(post_delete, sender=CustomUser, dispatch_uid="members.forget_picture")
def forget_picture(sender: type[CustomUser], instance: CustomUser, **_: Any) -> None:
    """Somebody who is deleted leaves no picture behind."""
    forget_file(instance)
