"""Counts a use: once per key, never beyond a limit, whoever else counts in the same moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

# A function of the database: each of its statements sees what was stored before it got the total's lock.
COUNT = """
SELECT accepted, used, repeated FROM billing_count_use(
    %(customer)s, %(feature)s, %(start)s, %(key)s, %(quantity)s, %(limit)s, %(at)s
)
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of counting: ``used`` is the sum of the period, ``repeated`` a key that counted before."""

    accepted: bool
    used: int
    repeated: bool = False


def count_use(
    *,
    customer_id: int,
    feature_id: int,
    start: datetime,
    key: str,
    quantity: int,
    limit: int | None,
    at: datetime,
) -> Counted:
    """Add ``quantity`` to the period that began at ``start``, unless that goes beyond ``limit``.

    The same ``key`` counts once in a period and is accepted again for nothing, also when the limit is reached
    meanwhile. One round trip, and any number of writers agree.
    """
    facts: dict[str, Any] = {
        "customer": customer_id, "feature": feature_id, "start": start, "key": key,
        "quantity": quantity, "limit": limit, "at": at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNT, facts)
        return Counted(*cursor.fetchone())
