"""What happens to the payer when the person changes."""

from typing import Any

from billing.customers.models import StripeCustomer
from billing.customers.tasks import send_email_to_stripe


def follow_email(instance: Any, created: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """A changed address reaches Stripe by a job, deferred in the transaction that changes it."""
    if created or (update_fields is not None and "email" not in update_fields):
        return
    following = StripeCustomer.objects.filter(user_id=instance.pk, invoice_email="")
    stale = following.exclude(stripe_email=instance.email)
    for customer_id in stale.values_list("pk", flat=True):
        send_email_to_stripe.defer(customer_id=customer_id)
