"""Events that whoever runs the site has to hear of, as alerts in sentences."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from billing.catalog.money import format_money
from billing.customers.models import StripeCustomer
from billing.notices.alerts import close_alert, raise_alert
from billing.notices.models import Alert

DISPUTE = "dispute"
REFUND = "refund"
FAILED_REFUND = "refund_failed"
METER = "meter_errors"


def tell_of_dispute(customer: StripeCustomer | None, event: Mapping[str, Any]) -> None:
    """A bank takes a payment back: somebody has to answer it in time. Told once per dispute, for ever."""
    dispute = _object(event)
    if Alert.objects.filter(rule=DISPUTE, subject=dispute["id"]).exists():
        return
    due = (dispute.get("evidence_details") or {}).get("due_by")
    until = f" by {datetime.fromtimestamp(due, tz=UTC):%d %B %Y}" if due else ""
    raise_alert(
        rule=DISPUTE,
        subject=dispute["id"],
        sentence=f"The bank of {_who(customer)} disputes a payment of {_money(dispute)} "
        f"({_words(dispute.get('reason'))}). Answer it in Stripe's dashboard{until}, or the money is lost.",
    )


def close_dispute(customer: StripeCustomer | None, event: Mapping[str, Any]) -> None:
    """It was decided. Where this is the first we hear of it, it is told before it is over."""
    tell_of_dispute(customer, event)
    close_alert(rule=DISPUTE, subject=_object(event)["id"])


def tell_of_refund(customer: StripeCustomer | None, event: Mapping[str, Any]) -> None:
    """Money was given back: what was bought with it may have to be taken back too."""
    charge = _object(event)
    back = format_money(charge["amount_refunded"], charge["currency"].upper())
    who = _who(customer)
    raise_alert(
        rule=REFUND,
        subject=f"{charge['id']} {charge['amount_refunded']}",
        sentence=f"{who[0].upper()}{who[1:]} got {back} of {_money(charge)} back (charge {charge['id']}). "
        "Look whether they keep what they bought, then close this alert.",
    )


def tell_of_failed_refund(customer: StripeCustomer | None, event: Mapping[str, Any]) -> None:
    """Money was to be given back and could not be: the customer waits for it."""
    refund = _object(event)
    raise_alert(
        rule=FAILED_REFUND,
        subject=refund["id"],
        sentence=f"The refund of {_money(refund)} to {_who(customer)} failed "
        f"({_words(refund.get('failure_reason'))}). Pay it in another way, tell them, then close this alert.",
    )


def tell_of_meter_errors(customer: StripeCustomer | None, event: Mapping[str, Any]) -> None:
    """Stripe could not count reported usage: it will be missing on invoices."""
    meter = (event.get("related_object") or {}).get("id") or "unknown"
    raise_alert(
        rule=METER,
        subject=meter,
        sentence=f"Stripe refused usage that was reported to its meter {meter}, so it will be missing on "
        "invoices. Look at the meter's errors in Stripe's dashboard, then close this alert.",
    )


def _object(event: Mapping[str, Any]) -> Mapping[str, Any]:
    about: Mapping[str, Any] = event["data"]["object"]
    return about


def _money(about: Mapping[str, Any]) -> str:
    return format_money(about["amount"], about["currency"].upper())


def _words(code: object) -> str:
    return str(code or "no reason given").replace("_", " ")


def _who(customer: StripeCustomer | None) -> str:
    return f"customer {customer.stripe_id or customer.pk}" if customer else "somebody not in our list"
