"""What follows from a change of a person, whoever made it."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from members.avatars import forget_file
from members.models import CustomUser
from members.unsent import forget_others


@receiver(post_delete, sender=CustomUser, dispatch_uid="members.forget_picture")
def forget_picture(sender: type[CustomUser], instance: CustomUser, **_: Any) -> None:
    """Somebody who is deleted leaves no picture behind."""
    forget_file(instance)


@receiver(user_logged_in, dispatch_uid="members.forget_unsent")
def forget_unsent(sender: type[CustomUser], request: HttpRequest, user: CustomUser, **_: Any) -> None:
    """What somebody else typed in this browser is nobody's any more."""
    forget_others(request, person=user.pk)
