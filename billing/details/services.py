"""Changes what stands on invoices, at Stripe and once, however often it is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from billing.customers.details import details_of
from billing.customers.models import StripeCustomer
from billing.customers.queries import currency_of
from billing.customers.services import ensure_customer, lock_customer
from billing.details.models import DetailsChange
from billing.gateway.details import create_tax_id, delete_tax_id, list_tax_ids, put_details
from billing.gateway.errors import MissingAtStripe, StripeRefused

Kind = DetailsChange.Kind
Status = DetailsChange.Status


@dataclass(frozen=True, slots=True)
class WantedDetails:
    """What is to stand on invoices. ``address`` has the parts that are given; ``currency`` is for later."""

    name: str
    email: str
    currency: str
    address: Mapping[str, str] = field(default_factory=dict)


def save_details(*, user: Any, wanted: WantedDetails) -> StripeCustomer:
    """Put the details on the invoices to come.

    The change is stored first and makes the idempotency key. Raises a ``StripeFailure``: where Stripe
    refused, nothing has changed; where it did not answer, the same call may be repeated.
    """
    customer = ensure_customer(user=user)
    changed = _differences(customer, wanted, user)
    if not changed:
        return customer
    change = _intend(customer, Kind.DETAILS, asdict(wanted), changed)
    with _closing(change) as finish:
        put_details(
            customer_id=customer.stripe_id,
            name=wanted.name,
            email=wanted.email,
            address=wanted.address,
            idempotency_key=f"details-{change.reference}",
        )
        finish(lambda: _note(customer, wanted, user))
    return customer


def add_tax_number(*, user: Any, kind: str, value: str, replaces: str = "") -> StripeCustomer:
    """Add a tax number, then take the one off that it ``replaces``: Stripe has no way to change one.

    Raises a ``StripeFailure``; Stripe refuses what cannot be a number of that kind.
    """
    customer = ensure_customer(user=user)
    asked = {"kind": kind, "value": value, "replaces": replaces}
    change = _intend(customer, Kind.ADD_TAX_ID, asked, ["tax number"])
    with _closing(change) as finish:
        if not _has(customer, kind, value):
            create_tax_id(
                customer_id=customer.stripe_id,
                kind=kind,
                value=value,
                idempotency_key=f"tax-id-{change.reference}",
            )
        if replaces:
            _take_off(customer, replaces)
        finish()
    return customer


def remove_tax_number(*, customer: StripeCustomer, tax_id: str) -> None:
    """Take a tax number off the invoices to come. Safe to repeat. Raises a ``StripeFailure``."""
    change = _intend(customer, Kind.REMOVE_TAX_ID, {"tax_id": tax_id}, ["tax number"])
    with _closing(change) as finish:
        _take_off(customer, tax_id)
        finish()


class _closing:  # noqa: N801 - a context manager, read as a verb
    """Ends an intent: done when told so, refused where Stripe said no, open where it said nothing."""

    def __init__(self, change: DetailsChange) -> None:
        self.change = change

    def __enter__(self) -> Callable[..., None]:
        return self.finish

    def finish(self, write: Callable[[], None] = lambda: None) -> None:
        """Note that Stripe did it, together with what we keep of it ourselves."""
        with transaction.atomic():
            write()
            _end(self.change, Status.DONE)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StripeRefused):
            _end(self.change, Status.REFUSED)


def _end(change: DetailsChange, status: str) -> None:
    DetailsChange.objects.filter(pk=change.pk).update(status=status, wanted={})


def _intend(
    customer: StripeCustomer, kind: str, wanted: Mapping[str, Any], changed: list[str]
) -> DetailsChange:
    """The one open intent of this kind: what was asked for just now goes on, anything else is replaced."""
    with transaction.atomic():
        lock_customer(customer_id=customer.pk)
        open_one = DetailsChange.objects.filter(customer=customer, kind=kind, status=Status.OPEN).first()
        if open_one and open_one.wanted == wanted:
            return open_one
        if open_one:
            _end(open_one, Status.REPLACED)
        return DetailsChange.objects.create(
            customer=customer, kind=kind, wanted=dict(wanted), changed=changed
        )


def _differences(customer: StripeCustomer, wanted: WantedDetails, user: Any) -> list[str]:
    now = details_of(customer, email=user.email)
    pairs = {
        "name": (now.name, wanted.name),
        "mail": (now.email, wanted.email),
        "address": (dict(now.address), dict(wanted.address)),
        "currency": (currency_of(customer), wanted.currency),
    }
    return [name for name, (was, becomes) in pairs.items() if was != becomes]


def _note(customer: StripeCustomer, wanted: WantedDetails, user: Any) -> None:
    customer.stripe_email = wanted.email
    customer.invoice_email = "" if wanted.email == user.email else wanted.email
    customer.currency = wanted.currency
    customer.save(update_fields=["stripe_email", "invoice_email", "currency"])


def _has(customer: StripeCustomer, kind: str, value: str) -> bool:
    present = list_tax_ids(customer_id=customer.stripe_id)
    return any((number.type, number.value) == (kind, value) for number in present)


def _take_off(customer: StripeCustomer, tax_id: str) -> None:
    try:
        delete_tax_id(customer_id=customer.stripe_id, tax_id=tax_id)
    except MissingAtStripe:  # it is gone already, which is what was wanted
        return
