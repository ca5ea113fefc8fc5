"""Reads of the audit log that stay quick however long it is."""

from django.db import connection, models

from billing.audits.models import AuditEntry

# A list shows no page beyond these; who looks for something older filters or exports.
COUNTED = 10_000

# Jumps from one kind to the next through the index, where DISTINCT would read every entry.
KINDS = """
WITH RECURSIVE found AS (
    (SELECT kind FROM billing_auditentry ORDER BY kind LIMIT 1)
    UNION ALL
    SELECT (SELECT kind FROM billing_auditentry WHERE kind > found.kind ORDER BY kind LIMIT 1)
    FROM found WHERE found.kind IS NOT NULL
)
SELECT kind FROM found WHERE kind IS NOT NULL
"""

# The same for addresses, from the first one that is not before what somebody wrote.
PEOPLE = """
WITH RECURSIVE found AS (
    (
        SELECT user_email, 1 AS step FROM billing_auditentry
        WHERE user_email >= %(begins)s AND user_email > '' ORDER BY user_email LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT user_email FROM billing_auditentry
        WHERE user_email > found.user_email ORDER BY user_email LIMIT 1
    ), step + 1
    FROM found WHERE found.user_email IS NOT NULL AND step < %(steps)s
)
SELECT user_email FROM found WHERE starts_with(user_email, %(begins)s) LIMIT %(most)s
"""
MOST_PEOPLE = 20


class BoundedEntries(models.QuerySet[AuditEntry]):
    """Entries that stop counting at ``COUNTED``: then a page costs the same at any length of the log."""

    def count(self) -> int:
        """How many there are, up to ``COUNTED``."""
        return models.QuerySet.count(self.order_by()[:COUNTED])


def kinds() -> list[str]:
    """What there are entries of. One query, as quick for a million of them."""
    with connection.cursor() as cursor:
        cursor.execute(KINDS)
        return [kind for (kind,) in cursor.fetchall()]


def people(begins: str) -> list[str]:
    """The addresses of those who changed something and whose address begins so; ``MOST_PEOPLE`` at most.

    A language's order may put others between them, so a few more are looked at.
    """
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"begins": begins, "steps": 3 * MOST_PEOPLE, "most": MOST_PEOPLE})
        return [address for (address,) in cursor.fetchall()]
