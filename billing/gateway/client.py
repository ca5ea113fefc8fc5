"""The connection to Stripe: one pinned version, one time-out, one address, for our calls and for dj-stripe's.

Every call to Stripe goes through ``ask``::

    customer = ask(lambda client: client.v1.customers.retrieve(customer_id))
"""

import logging
from collections.abc import Callable
from typing import TypeVar

import stripe
from django.conf import settings
from django.db import transaction
from stripe import HTTPClient, RequestsClient, StripeClient

from billing.gateway.breaker import guarded
from billing.gateway.errors import KeyRefused, failure_from
from billing.gateway.pace import wait_for_turn
from billing.gateway.patience import PatientSession

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

RETRIES = 2


class Connection:
    """Holds the one client of this process, made from the settings at first need."""

    def __init__(self) -> None:
        self._client: StripeClient | None = None

    def open(self, *, http_client: HTTPClient | None = None) -> StripeClient:
        """Make the client anew. ``http_client`` carries requests elsewhere: tests hand over the sandbox's.

        Raises ``KeyRefused`` where no key is set.
        """
        if not settings.STRIPE_SECRET_KEY:
            raise KeyRefused(code="no_key_in_settings")
        transport = http_client or RequestsClient(
            timeout=settings.STRIPE_TIMEOUT_SECONDS, session=PatientSession()
        )
        _point_globals(transport)
        self._client = StripeClient(
            settings.STRIPE_SECRET_KEY,
            stripe_version=settings.STRIPE_API_VERSION,
            base_addresses={"api": settings.STRIPE_API_BASE or stripe.DEFAULT_API_BASE},
            http_client=transport,
            max_network_retries=RETRIES,
        )
        return self._client

    def close(self) -> None:
        """Forget the client: the next call makes one from the settings of that moment."""
        self._client = None

    @property
    def client(self) -> StripeClient:
        """The client in use."""
        return self._client or self.open()


connection = Connection()


def ask(question: Callable[[StripeClient], Answer]) -> Answer:
    """Ask Stripe and return its answer.

    Raises a ``StripeFailure`` for whatever goes wrong there, at once while the breaker is open, and
    ``RuntimeError`` in a transaction: no lock may be held while we wait for somebody else's machine.
    """
    with transaction.atomic(durable=True):
        pass
    wait_for_turn()
    with guarded():
        return _answer(question)


def _answer(question: Callable[[StripeClient], Answer]) -> Answer:
    try:
        return question(connection.client)
    except stripe.StripeError as error:
        failure = failure_from(error)
        logger.warning("Stripe did not do what was asked: %s", failure)
        raise failure from error


def _point_globals(transport: HTTPClient) -> None:
    """dj-stripe and webhooks' helpers use stripe-python's globals alone: let them go the same way."""
    stripe.api_key = settings.STRIPE_SECRET_KEY
    stripe.api_base = settings.STRIPE_API_BASE or stripe.DEFAULT_API_BASE
    stripe.api_version = settings.STRIPE_API_VERSION
    stripe.default_http_client = transport
    stripe.max_network_retries = RETRIES
