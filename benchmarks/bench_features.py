"""May this customer do this? The answer beside django-waffle's flag for a group, which many sites use for it.

The check of the package ``wagtail-subscriptions`` would be a nearer peer: it does not install here, since it
asks for Django before 5.0 and Wagtail before 6.0.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection

from benchmarks.measure import ROUNDS, Form, Result, compare, summarise
from billing import api as billing
from billing.entitlements import offers, queries
from tests.factories.billing import PlanVersionFactory, StripeCustomerFactory, SubscriptionFactory

FEATURE = "reports"
BUDGET = 1.0  # µs, for the second check in a request
TIMES = 200

Report = Callable[[Result], None]


@pytest.fixture
def waffle(db: None) -> Iterator[Any]:
    """A flag that is on for one group."""
    flags = apps.get_model("waffle", "Flag")
    flag = flags.objects.create(name=FEATURE)
    flag.groups.add(Group.objects.create(name="Customers of Cutter"))
    yield flags
    cache.clear()


@pytest.fixture
def customer(waffle: Any) -> Any:
    """Somebody whose plan has the feature, and who is in the group that has the flag."""
    payer = StripeCustomerFactory()
    SubscriptionFactory(customer=payer, version=PlanVersionFactory(features={FEATURE: None}))
    payer.user.groups.add(Group.objects.get(name="Customers of Cutter"))
    return load(payer.user_id)


def load(user_id: int) -> Any:
    """Somebody as a request has them."""
    return billing.with_entitlements(get_user_model().objects).get(pk=user_id)


def flag_is_on(flags: Any, user: Any) -> bool:
    return bool(flags.get(FEATURE).is_active_for_user(user))


@contextmanager
def no_query() -> Iterator[None]:
    """Fail where the block asks the database."""

    def refuse(*_: Any) -> None:
        raise AssertionError("A warm check asked the database.")

    with connection.execute_wrapper(refuse):
        yield


def test_the_first_check_of_a_request(report: Report, waffle: Any, customer: Any) -> None:
    billing.check(customer, FEATURE)
    people = iter([load(customer.pk) for _ in range(TIMES * (ROUNDS + 1))])
    assert flag_is_on(waffle, customer)
    with no_query():
        assert billing.check(load_quietly(customer), FEATURE).allowed
    report(
        compare(
            "feature check, the first of a request",
            lambda: billing.check(next(people), FEATURE),
            lambda: flag_is_on(waffle, customer),
            peer_name="django-waffle's group flag",
            goal=0.1,
            times=TIMES,
            form=Form.COST,
        )
    )


def load_quietly(customer: Any) -> Any:
    """The same person without what an earlier check kept beside them."""
    fresh = type(customer).__new__(type(customer))
    fresh.__dict__.update({name: value for name, value in vars(customer).items() if "answers" not in name})
    return fresh


def test_a_warm_check(report: Report, waffle: Any, customer: Any) -> None:
    assert billing.check(customer, FEATURE).allowed
    assert flag_is_on(waffle, customer)
    report(
        compare(
            "feature check, warm",
            lambda: billing.check(customer, FEATURE),
            lambda: flag_is_on(waffle, customer),
            peer_name="django-waffle's group flag",
            goal=0.1,
            times=TIMES,
            form=Form.COST,
        )
    )


def test_the_second_check_in_a_request(report: Report, customer: Any) -> None:
    billing.check(customer, FEATURE)
    with no_query():
        measured = compare(
            "second",
            lambda: billing.check(customer, FEATURE),
            lambda: None,
            peer_name="nothing",
            goal=0,
            times=TIMES * 10,
        )
    rounds = [(measured.ours, BUDGET)]
    report(
        summarise(
            "feature check, the second in a request, no query",
            rounds,
            peer_name="a budget of 1 µs",
            goal=1,
            unit="µs",
            form=Form.COST,
        )
    )


def test_the_first_check_of_a_process(report: Report, waffle: Any, customer: Any) -> None:
    """What a restart costs once: the whole catalog is compiled, which waffle has no need of."""

    def ours() -> None:
        offers._views.clear()  # noqa: SLF001 - what a new process lacks
        queries._compiled.clear()  # noqa: SLF001
        billing.check(load_quietly(customer), FEATURE)

    def theirs() -> None:
        cache.clear()
        flag_is_on(waffle, customer)

    report(
        compare(
            "feature check, the first of a process",
            ours,
            theirs,
            peer_name="django-waffle's group flag with an empty cache",
            goal=10,
            times=10,
            form=Form.COST,
        )
    )
