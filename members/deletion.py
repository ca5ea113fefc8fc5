"""Who cannot be deleted, because something that has to be kept names them: payments, above all."""

from collections.abc import Collection

from django.db import DEFAULT_DB_ALIAS
from django.db.models.deletion import Collector, ProtectedError

from members.models import CustomUser

REFUSAL = (
    "Nobody was deleted: the books must keep who paid, and at least one of these accounts has a payment "
    "record. Take away “Active” instead, and that person can no longer sign in."
)


def can_be_deleted(people: Collection[CustomUser]) -> bool:
    """Whether nothing that is protected refers to any of these people."""
    try:
        Collector(using=DEFAULT_DB_ALIAS).collect(list(people))
    except ProtectedError:
        return False
    return True
