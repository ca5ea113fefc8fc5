"""A right that was taken away is gone with the next request, in every process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from billing.catalog.models import Feature
from billing.customers.services import ensure_customer
from billing.entitlements.services import end_grant, grant_feature, switch_feature
from billing.subscriptions.services import reconcile_customer
from tests.factories.billing import PlanVersionFactory, PriceFactory, SubscriptionFactory, UserFactory

ROOT = Path(__file__).resolve().parents[3]

READER = """
import sys
import django
django.setup()
from django.contrib.auth import get_user_model
from billing.api import check, with_entitlements
for line in sys.stdin:
    user = with_entitlements(get_user_model().objects.all()).get(pk=int(line))
    print(check(user, "exports").allowed, flush=True)
"""


@pytest.fixture
def other_process(database_url):
    """A process that has its own memory and asks once per line."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", READER],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield lambda user: _ask(process, user)
    process.stdin.close()
    process.wait(timeout=60)


def _ask(process, user):
    process.stdin.write(f"{user.pk}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


@pytest.mark.django_db(transaction=True)
def test_another_process_closes_with_its_next_request(stripe, other_process):
    price = PriceFactory(version=PlanVersionFactory(features={"exports": None}), stripe_price_id="price_1")
    customer = ensure_customer(user=UserFactory())
    SubscriptionFactory(customer=customer, price=price)
    user = customer.user
    assert [other_process(user), other_process(user)] == ["True", "True"]
    reconcile_customer(customer_id=customer.pk)
    assert other_process(user) == "False"


@pytest.mark.django_db(transaction=True)
def test_a_kill_switch_is_in_force_with_the_next_request_of_another_process(other_process):
    price = PriceFactory(version=PlanVersionFactory(features={"exports": None}))
    user = SubscriptionFactory(price=price).customer.user
    answers = [other_process(user)]
    for opening in ("nobody", "all"):
        switch_feature(feature=Feature.objects.get(key="exports"), opening=opening)
        answers.append(other_process(user))
    assert answers == ["True", "False", "True"]


@pytest.mark.django_db(transaction=True)
def test_a_grant_is_there_and_gone_with_the_next_request_of_another_process(other_process):
    PlanVersionFactory(features={"exports": None})
    user = UserFactory()
    answers = [other_process(user)]
    grant = grant_feature(user=user, feature=Feature.objects.get(key="exports"), value=None, reason="Beta")
    answers.append(other_process(user))
    end_grant(grant=grant)
    answers.append(other_process(user))
    assert answers == ["False", "True", "False"]
