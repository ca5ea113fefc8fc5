"""Counts a use: once per key, never beyond a limit, whoever else counts in the same moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing.usage.queries import total_of

# The guard stands twice because an upsert checks its condition only where there is a row already.
COUNT = """
WITH event AS (
    INSERT INTO billing_usageevent (customer_id, feature_id, period_start, event_id, quantity, at)
    VALUES (%(customer)s, %(feature)s, %(start)s, %(key)s, %(quantity)s, %(at)s)
    ON CONFLICT (customer_id, feature_id, period_start, event_id) DO NOTHING
    RETURNING quantity
), total AS (
    INSERT INTO billing_usagetotal AS counted (customer_id, feature_id, period_start, quantity)
    SELECT %(customer)s, %(feature)s, %(start)s, quantity FROM event
    WHERE %(limit)s::bigint IS NULL OR quantity <= %(limit)s::bigint
    ON CONFLICT (customer_id, period_start, feature_id) DO UPDATE
    SET quantity = counted.quantity + EXCLUDED.quantity
    WHERE %(limit)s::bigint IS NULL OR counted.quantity + EXCLUDED.quantity <= %(limit)s::bigint
    RETURNING quantity
)
SELECT EXISTS (SELECT FROM event), (SELECT quantity FROM total)
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of counting: ``used`` is the sum of the period, ``repeated`` a key that counted before."""

    accepted: bool
    used: int
    repeated: bool = False


class _BeyondLimitError(Exception):
    """Takes back the event that came with a refused total."""


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
    meanwhile. Event and total are written by one statement, so that any number of writers agree.
    """
    facts = {
        "customer": customer_id, "feature": feature_id, "start": start, "key": key,
        "quantity": quantity, "limit": limit, "at": at,
    }  # fmt: skip
    try:
        with transaction.atomic():
            is_new, used = _count(facts)
    except _BeyondLimitError:
        return Counted(accepted=False, used=total_of(customer_id, feature_id, start))
    if is_new:
        return Counted(accepted=True, used=used)
    return Counted(accepted=True, used=total_of(customer_id, feature_id, start), repeated=True)


def _count(facts: dict[str, Any]) -> tuple[bool, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, facts)
        is_new, used = cursor.fetchone()
    if is_new and used is None:
        raise _BeyondLimitError
    return is_new, used or 0
