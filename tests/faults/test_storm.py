"""Web and worker are shot while customers live on, PostgreSQL and Stripe restart: the end is Stripe's."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random, SystemRandom

import pytest
from djstripe.models import WebhookEventTrigger
from pytest_django import DjangoDbBlocker

from billing.webhooks.models import InboxEvent
from sandbox.processes import free_port
from tests.faults.storm import Storm
from tests.faults.verdict import require_the_truth

LONG = os.environ.get("FAULTS") == "long"
KILLS, RESTARTS, CUSTOMERS = (50, 2, 5) if LONG else (2, 1, 2)


@pytest.fixture
def seed() -> int:
    """What decides everything by chance; ``FAULTS_SEED`` repeats a run as far as machines can.

    The short form is the same each time: what it finds is the fault of the change it ran for.
    """
    chosen = os.environ.get("FAULTS_SEED")
    return int(chosen or (SystemRandom().randrange(1_000_000) if LONG else 372_693))


@pytest.fixture
def storm(
    tmp_path: Path, settings, seed: int, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Storm]:
    """The whole site as processes, with a PostgreSQL and a Stripe of its own."""
    storm = Storm(tmp_path, free_port(), Random(seed))  # noqa: S311  (chance, not secrets)
    settings.SITE_URL, settings.STRIPE_API_BASE = storm.address, storm.stripe.address
    with django_db_blocker.unblock(), storm.running():
        yield storm


def test_nothing_is_lost_and_nothing_doubled_in_a_storm(
    storm: Storm, seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    print(f"FAULTS_SEED={seed}")  # noqa: T201 - shown when it fails
    began = time.monotonic()
    storm.open_shop(CUSTOMERS)
    storm.rage(kills=KILLS, restarts=RESTARTS)
    storm.settle()
    events = storm.events()
    kept = InboxEvent.objects.values_list("stripe_event_id", flat=True)
    assert sorted(kept) == sorted(events)
    assert len(list(storm.stripe.stripe.v1.customers.list({"limit": 100}).data)) == CUSTOMERS
    require_the_truth(storm.stripe.stripe, storm.customers)
    storm.figures["events"] = len(events)
    storm.figures["deliveries taken"] = WebhookEventTrigger.objects.count()
    storm.figures["seconds"] = round(time.monotonic() - began)
    with capfd.disabled():
        figures = ", ".join(f"{count} {what}" for what, count in storm.figures.items())
        sys.stdout.write(f"\nstorm (FAULTS_SEED={seed}): {figures}\n")
