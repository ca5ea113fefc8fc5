"""dj-stripe's copy of a customer, written from what we already hold: no call to Stripe, no other objects."""

from datetime import UTC, datetime
from typing import Any

import stripe
from djstripe.models import Customer


def mirror_customer(at_stripe: stripe.Customer, *, user: Any) -> Customer:
    """Make dj-stripe's row of this customer say what Stripe says, and whose it is.

    Its own sync would read related objects inside our transaction, store our secret key in a table, and fail
    for a customer with a discount.
    """
    told: dict[str, Any] = at_stripe.to_dict()
    copy: Customer
    copy, _ = Customer.objects.update_or_create(
        id=told["id"],
        defaults={
            "subscriber": user,
            "email": told.get("email") or "",
            "livemode": told["livemode"],
            "created": datetime.fromtimestamp(told["created"], tz=UTC),
            "metadata": told.get("metadata") or {},
            "stripe_data": told,
        },
    )
    return copy
