"""Takes the address of who closed their account out of the audit log; what was done stays on record."""

from django.db import connection


def forget_in_audit_log(*, user_id: int, email: str) -> None:
    """Put an alias in the place of every address that this person acted under or is named by.

    The database refuses it for anybody whose account is not closed, and refuses every other change.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_forget_in_audit_log(%s, %s)", [user_id, email])
