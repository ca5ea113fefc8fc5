"""Brings a document that Stripe hosts, such as an invoice's PDF, without the customer meeting its address."""

import logging

import requests

from billing.gateway.errors import StripeUnavailable

logger = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 5, 15
LARGEST_BYTES = 20 * 1024 * 1024
PDF = "application/pdf"


def fetch_pdf(url: str) -> bytes:
    """The PDF at an address that Stripe gave us. Raises ``StripeUnavailable`` for whatever else comes."""
    try:
        with requests.get(url, timeout=(CONNECT_SECONDS, READ_SECONDS), stream=True) as answer:
            answer.raise_for_status()
            if not answer.headers.get("Content-Type", "").startswith(PDF):
                raise StripeUnavailable(code="no_pdf")
            content = answer.raw.read(LARGEST_BYTES + 1, decode_content=True)
    except requests.RequestException as error:
        logger.warning("A PDF did not come from Stripe: %s", type(error).__name__)
        raise StripeUnavailable(code="pdf_not_fetched") from error
    if len(content) > LARGEST_BYTES:
        raise StripeUnavailable(code="pdf_too_large")
    return bytes(content)
