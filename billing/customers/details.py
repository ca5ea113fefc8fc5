"""What stands on a customer's invoices, as last read from Stripe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing.customers.models import StripeCustomer
from billing.customers.tax_kinds import kind_name

ADDRESS = ("line1", "line2", "postal_code", "city", "state", "country")
SHOWN_AT_START, SHOWN_AT_END = 2, 3


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """One tax number; ``status``: what the tax office told Stripe."""

    stripe_id: str
    kind: str
    value: str
    status: str

    @property
    def label(self) -> str:
        """Its kind in words."""
        return kind_name(self.kind)

    @property
    def masked(self) -> str:
        """How a page shows it: enough to know which one it is."""
        hidden = len(self.value) - SHOWN_AT_START - SHOWN_AT_END
        if hidden < 1:
            return "•" * len(self.value)
        return self.value[:SHOWN_AT_START] + "•" * hidden + self.value[-SHOWN_AT_END:]


@dataclass(frozen=True, slots=True)
class Details:
    """Empty where nothing is known."""

    name: str
    email: str
    address: Mapping[str, str]
    tax_numbers: tuple[TaxNumber, ...]


def details_of(customer: StripeCustomer | None, *, email: str) -> Details:
    """What our copy of Stripe's customer says; ``email`` is where invoices go while nothing else is known."""
    mirror = customer.djstripe_customer if customer else None
    told: dict[str, Any] = mirror.stripe_data if mirror else {}
    numbers = (told.get("tax_ids") or {}).get("data") or []
    address = told.get("address") or {}
    return Details(
        name=told.get("name") or "",
        email=told.get("email") or email,
        address={part: address[part] for part in ADDRESS if address.get(part)},
        tax_numbers=tuple(_tax_number(number) for number in numbers),
    )


def _tax_number(told: Mapping[str, Any]) -> TaxNumber:
    verification = told.get("verification") or {}
    return TaxNumber(told["id"], told["type"], told["value"], status=verification.get("status") or "")
