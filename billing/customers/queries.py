"""What a payer pays in."""

from django.conf import settings

from billing.customers.models import StripeCustomer


def currency_of(customer: StripeCustomer | None) -> str:
    """The currency that the customer chose, else the site's; a running plan keeps its own."""
    chosen: str = customer.currency if customer else ""
    return chosen or settings.BILLING_CURRENCY
