"""A Stripe that does not answer gets a rest: nobody waits for it, and one call finds out when it is back."""

import logging
import threading

import pytest
from django.core.cache import cache
from django.test import Client

from billing.gateway import breaker
from billing.gateway.accounts import retrieve_account
from billing.gateway.breaker import breaker_state, guarded
from billing.gateway.customers import retrieve_customer
from billing.gateway.errors import CircuitOpen, MissingAtStripe, StripeUnavailable
from sandbox.processes import free_port

pytestmark = pytest.mark.django_db

ATTEMPTS = 3  # a call and stripe-python's two repetitions


@pytest.fixture
def clock(monkeypatch):
    """The time that the breaker sees; ``clock[0] += 30`` lets time pass."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(breaker, "time", lambda: now[0])
    return now


@pytest.fixture
def outage(stripe, clock):
    """Stripe failed so often that the breaker has opened; from now on it would answer."""
    fail_in_a_row(stripe, 5)
    stripe.faults.clear()


def fail_in_a_row(stripe, calls):
    for _ in range(calls):
        stripe.fail("503", times=ATTEMPTS)
        with pytest.raises(StripeUnavailable):
            retrieve_account()


def asked(stripe):
    """The paths that Stripe is asked from now on."""
    paths = []
    stripe.observers.append(lambda request, _: paths.append(request.path))
    return paths


def test_calls_fail_at_once_after_five_failures_in_a_row(stripe, outage):
    paths = asked(stripe)
    with pytest.raises(CircuitOpen) as caught:
        retrieve_account()
    assert paths == []
    assert caught.value.retry_in == 30
    assert "not answering at the moment" in caught.value.sentence


def test_failures_with_an_answer_between_them_open_nothing(stripe, clock):
    for _ in range(3):
        fail_in_a_row(stripe, 4)
        retrieve_account()
    assert breaker_state().failures == 0


def test_a_refusal_is_an_answer(stripe, clock):
    for _ in range(10):
        with pytest.raises(MissingAtStripe):
            retrieve_customer(customer_id="cus_nobody")
    assert breaker_state() == breaker.BreakerState()


def test_a_probe_that_is_answered_closes_it(stripe, outage, clock):
    clock[0] += 30
    assert retrieve_account().id
    assert breaker_state() == breaker.BreakerState()


def test_a_probe_that_fails_begins_another_rest(stripe, outage, clock):
    clock[0] += 30
    fail_in_a_row(stripe, 1)
    with pytest.raises(CircuitOpen):
        retrieve_account()
    clock[0] += 29
    assert breaker_state().retry_in == 1


def test_one_call_probes_while_the_others_fail_at_once(stripe, outage, clock):
    clock[0] += 30
    with guarded(), pytest.raises(CircuitOpen):
        retrieve_account()
    assert retrieve_account().id


def test_a_probe_whose_process_died_is_followed_by_another_one(stripe, outage, clock):
    clock[0] += 30
    cache.set(breaker.PROBE, 1, timeout=0.01)
    threading.Event().wait(0.05)
    assert retrieve_account().id


def test_it_is_told_once_that_it_opened_and_that_stripe_is_back(stripe, clock, caplog):
    with caplog.at_level(logging.WARNING):
        fail_in_a_row(stripe, 7)
        stripe.faults.clear()
        clock[0] += 30
        retrieve_account()
    lines = [record.getMessage() for record in caplog.records if record.name == breaker.__name__]
    assert len(lines) == 2
    assert lines[0].startswith("Stripe did not answer 5 times in a row")
    assert lines[1] == "Stripe answers again"


def test_processes_that_share_redis_share_the_breaker(stripe, settings, redis_server, clock):
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": redis_server}}
    breaker.close_breaker()
    fail_in_a_row(stripe, 5)
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": redis_server, "OPTIONS": {}}}
    assert breaker_state().open_since
    with pytest.raises(CircuitOpen):
        retrieve_account()
    breaker.close_breaker()


def test_payments_go_on_without_the_cache(stripe, settings):
    backend = "django.core.cache.backends.redis.RedisCache"
    gone = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": gone}}
    assert retrieve_account().id
    fail_in_a_row(stripe, 6)
    assert retrieve_account().id


def test_the_site_stays_ready_while_stripe_is_away(outage):
    assert Client().get("/readyz").status_code == 200
