"""Publishing in the background, and the nightly look for what somebody changed at Stripe."""

import logging

from procrastinate.contrib.django import app

from billing.gateway.errors import StripeFailure
from billing.gateway.retries import UntilStripeAnswers
from billing.publishing.drift import report_drift
from billing.publishing.models import Publication
from billing.publishing.services import publish
from billing.publishing.words import in_words

logger = logging.getLogger(__name__)

LOCK = "publish-catalog"


@app.task(
    queue="billing",
    lock=LOCK,
    retry=UntilStripeAnswers(),
)
def publish_catalog(publication_id: int) -> None:
    """Fulfil one wish to publish."""
    publish(publication=Publication.objects.get(pk=publication_id))


@app.periodic(cron="17 3 * * *")
@app.task(queue="billing", lock=LOCK)
def look_for_drift(timestamp: int) -> None:
    """Compare the catalog with Stripe every night; an alert and the list of plans say what differs."""
    try:
        changes = report_drift()
    except StripeFailure as failure:
        logger.warning("The catalog was not compared with Stripe: %s", in_words(failure))
    else:
        if changes:
            logger.warning("The catalog and Stripe differ (%d times): see the list of plans.", len(changes))
