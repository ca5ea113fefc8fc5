"""What we ask Stripe about what stands on a customer's invoices."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import stripe
from django.conf import settings

from billing.gateway.client import ask

if TYPE_CHECKING:
    from stripe.params import CustomerCreateTaxIdParams, CustomerUpdateParams


def put_details(
    *, customer_id: str, name: str, email: str, address: Mapping[str, str], idempotency_key: str
) -> stripe.Customer:
    """Put name, mail and address on the invoices to come; an empty name or address is taken off.

    Where Stripe works out the tax, it checks at once whether the address is enough for that.
    """
    params: dict[str, object] = {"name": name, "email": email, "address": dict(address) or ""}
    if settings.STRIPE_AUTOMATIC_TAX and address:
        params["tax"] = {"validate_location": "immediately"}
    asked = cast("CustomerUpdateParams", params)
    return ask(
        lambda client: client.v1.customers.update(customer_id, asked, {"idempotency_key": idempotency_key})
    )


def list_tax_ids(*, customer_id: str) -> list[stripe.TaxId]:
    """The customer's tax numbers, newest first."""
    return ask(lambda client: client.v1.customers.tax_ids.list(customer_id, {"limit": 100})).data


def create_tax_id(*, customer_id: str, kind: str, value: str, idempotency_key: str) -> stripe.TaxId:
    """Add a tax number; Stripe has no way to change one. The same key gives the same one."""
    asked = cast("CustomerCreateTaxIdParams", {"type": kind, "value": value})
    return ask(
        lambda client: client.v1.customers.tax_ids.create(
            customer_id, asked, {"idempotency_key": idempotency_key}
        )
    )


def delete_tax_id(*, customer_id: str, tax_id: str) -> None:
    """Take a tax number off; invoices that name it go on doing so. Raises ``MissingAtStripe``."""
    ask(lambda client: client.v1.customers.tax_ids.delete(customer_id, tax_id))
