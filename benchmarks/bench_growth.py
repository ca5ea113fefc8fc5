"""What a customer costs among a thousand, and among a hundred thousand: the same."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import environ
import pytest
from django.db import connection, transaction
from djstripe.models import WebhookEndpoint

from benchmarks.events import post, repeated
from benchmarks.measure import Form, Result, percentile, summarise
from benchmarks.seeds import fill_with_customers
from billing.catalog.models import Price
from billing.customers.services import ensure_customer
from billing.gateway.client import connection as stripe_connection
from billing.webhooks.endpoint import ensure_endpoint
from billing.webhooks.services import handle_waiting
from sandbox.postgres.databases import create_database, drop_database
from sandbox.stripe import Sandbox
from tests.factories.billing import PriceFactory, UserFactory
from tests.factories.stripe import Shop
from tests.plugins.databases import DATABASE, ClonedDatabase

FEW, MANY = 1_000, 100_000
GOAL = 1.3
ROUNDS = 9
IN_A_ROUND = 15


class Site:
    """One database with so many customers, and one of them whom Stripe knows."""

    def __init__(self, url: str, customers: int) -> None:
        self.url = url
        self.sandbox = Sandbox()
        with self.in_use():
            fill_with_customers(customers)
            self.customer = ensure_customer(user=UserFactory())
            self.endpoint: WebhookEndpoint = ensure_endpoint()
            self._subscribe()
        told = [event for event in self.sandbox.find("event") if "subscription" in event["type"]]
        self.events = repeated(told)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let our code work on this database and ask this Stripe."""
        connection.close()
        connection.settings_dict.update(environ.Env.db_url_config(self.url))
        stripe_connection.open(http_client=self.sandbox.http_client())
        connection.ensure_connection()
        yield

    def acknowledge(self) -> float:
        """Milliseconds until an event is kept: the median of a few."""
        return percentile([post(self.endpoint, next(self.events)) for _ in range(IN_A_ROUND)], 0.5)

    def reconcile(self) -> float:
        """Milliseconds until the customer's rows are Stripe's again: the median of a few."""
        return percentile([self._reconcile() for _ in range(IN_A_ROUND)], 0.5)

    def _reconcile(self) -> float:
        started = time.perf_counter()
        handle_waiting(customer_id=self.customer.pk)
        return (time.perf_counter() - started) * 1000

    def _subscribe(self) -> None:
        shop = Shop(self.sandbox)
        price = shop.price()
        with transaction.atomic():
            ours = PriceFactory()
            Price.objects.filter(pk=ours.pk).update(stripe_price_id=price.id)
        card = shop.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": self.customer.stripe_id})
        shop.subscribe(customer=self.customer.stripe_id, price=price, default_payment_method=card.id)


@pytest.fixture
def sites(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[tuple[Site, Site]]:
    """The site when it is small and when it is large, side by side."""
    database: ClonedDatabase = request.config.stash[DATABASE]
    large = ClonedDatabase(database.server_url, f"{database.name}_large", database.template)
    create_database(large.server_url, large.name, template=large.template)
    before = dict(connection.settings_dict)
    try:
        yield Site(large.url, MANY), Site(database.url, FEW)
    finally:
        connection.close()
        connection.settings_dict.update(before)
        stripe_connection.close()
        drop_database(large.server_url, large.name)


def test_a_customer_costs_the_same_among_many(
    report: Callable[[Result], None], sites: tuple[Site, Site]
) -> None:
    for what, name in (
        (Site.acknowledge, f"acknowledging an event among {MANY:,} customers"),
        (Site.reconcile, f"reconcile of one of {MANY:,} customers"),
    ):
        rounds = [(_measure(what, sites[0]), _measure(what, sites[1])) for _ in range(ROUNDS)]
        report(summarise(name, rounds, peer_name=f"among {FEW:,}", goal=GOAL, unit="ms", form=Form.COST))


def _measure(what: Callable[[Site], float], site: Site) -> float:
    with site.in_use():
        what(site)  # a warm connection
        return what(site)
