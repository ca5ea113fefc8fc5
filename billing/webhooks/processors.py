"""What an event leads to besides the reconcile of its customer: one line per type and step.

A step is called in the reconcile's transaction, with the customer locked, once per event of the inbox, and
again where an admin replays the event: it must be safe to repeat. It is given the payer, or ``None`` for an
event about nobody of ours, and Stripe's event. It must not call Stripe. The payload says how things were when
the event was made: what matters now is what the reconcile has just read.
"""

from collections.abc import Callable, Mapping
from typing import Any

from billing.customers.models import StripeCustomer
from billing.webhooks.alarms import (
    close_dispute,
    tell_of_dispute,
    tell_of_failed_refund,
    tell_of_meter_errors,
    tell_of_refund,
)

FollowUp = Callable[[StripeCustomer | None, Mapping[str, Any]], None]

FOLLOW_UPS: dict[str, tuple[FollowUp, ...]] = {
    "charge.dispute.created": (tell_of_dispute,),
    "charge.dispute.closed": (close_dispute,),
    "charge.refunded": (tell_of_refund,),
    "refund.failed": (tell_of_failed_refund,),
    "v1.billing.meter.error_report_triggered": (tell_of_meter_errors,),
    "v1.billing.meter.no_meter_found": (tell_of_meter_errors,),
}
