"""Somebody who waits for a page waits ten seconds for Stripe at most, however many calls the page makes."""

import socket
import time

import pytest
from django.utils import timezone
from stripe import HTTPClient

from billing.gateway.accounts import retrieve_account
from billing.gateway.breaker import close_breaker
from billing.gateway.client import connection
from billing.gateway.errors import StripeUnavailable
from billing.gateway.patience import OutOfTime, StripePatienceMiddleware, at_most, time_left
from sandbox.processes import LOOPBACK
from tests.billing.gateway.test_client import make
from tests.billing.life.running import stripe_over_http

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanging_stripe(settings):
    """A Stripe that takes requests and never answers."""
    with socket.create_server((LOOPBACK, 0), backlog=50) as listener:
        settings.STRIPE_API_BASE = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        close_breaker()
        connection.open()
        yield
        connection.close()
        close_breaker()


def test_all_attempts_of_all_calls_share_one_allowance(hanging_stripe):
    took = []
    with at_most(1.5):
        for _ in range(3):
            started = time.monotonic()
            with pytest.raises(StripeUnavailable):
                retrieve_account()
            took.append(time.monotonic() - started)
    assert 1 < took[0] < 10
    assert took[1] + took[2] < took[0]


def test_a_first_attempt_leaves_time_for_a_second_one():
    assert time_left(most=15) == 15
    with at_most(10):
        assert time_left(most=15) == pytest.approx(5, abs=1)
        assert time_left(most=2) == 2


def test_without_time_no_attempt_is_begun():
    with at_most(0), pytest.raises(OutOfTime):
        time_left(most=15)


def test_every_page_has_an_allowance_and_jobs_have_none(settings, rf):
    settings.STRIPE_REQUEST_SECONDS = 4
    left = StripePatienceMiddleware(lambda _: time_left(most=15))(rf.get("/"))
    assert left == pytest.approx(2, abs=1)
    assert time_left(most=15) == 15


def test_a_stripe_that_acts_and_does_not_answer_in_time_has_acted_once(settings, monkeypatch):
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    with stripe_over_http(timezone.now()) as (sandbox, settings.STRIPE_API_BASE):
        close_breaker()
        connection.open()
        sandbox.fail("timeout", path="/v1/customers", when="after", times=3)
        started = time.monotonic()
        with at_most(1), pytest.raises(StripeUnavailable):
            make()
        assert time.monotonic() - started < 10
        sandbox.faults.clear()
        assert [made["id"] for made in sandbox.find("customer")] == [make().id]
        connection.close()
        close_breaker()
