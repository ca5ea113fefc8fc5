"""Tells whoever runs the site that Stripe sells something else than the catalog says."""

from django.template.defaultfilters import pluralize

from billing.notices.alerts import close_alert, raise_alert
from billing.publishing.changes import Action, Change
from billing.publishing.services import compare_and_remember

DRIFT = "catalog_drift"
SUBJECT = "catalog"


def report_drift() -> list[Change]:
    """Compare, remember, and open or close the alert about it; gives what publishing would change.

    A price that was made at Stripe and is left alone there is no drift. Raises ``StripeFailure``.
    """
    drift = [change for change in compare_and_remember() if change.action != Action.NOTE]
    if drift:
        count = len(drift)
        raise_alert(
            rule=DRIFT,
            subject=SUBJECT,
            sentence=f"Stripe and the catalog differ in {count} place{pluralize(count)}, the first: "
            f"{drift[0].sentence} Look at the list of plans, and publish what the catalog says.",
        )
    else:
        close_alert(rule=DRIFT, subject=SUBJECT)
    return drift
