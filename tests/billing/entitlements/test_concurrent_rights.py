"""Moves, grants, switches, plans that end, webhooks and readers at once: nobody ever has wrong rights."""

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import sleep

import pytest
from django.db import connection, connections

from billing.api import check, with_entitlements
from billing.entitlements import offers, queries
from billing.entitlements.services import switch_feature
from billing.subscriptions.services import reconcile_customer
from tests.billing.entitlements.world import A_MOMENT, OPENINGS, World
from tests.factories.billing import FeatureFactory, PlanVersionFactory, UserFactory

THREADS, STEPS = 4, 16


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_at_once_nobody_is_ever_told_of_other_rights_than_they_have(stripe, publish, seed):
    world = World(publish, stripe)

    def live(number: int) -> None:
        chance = random.Random(seed * 100 + number)  # noqa: S311  (a test wants the same chance again)
        try:
            for _ in range(STEPS):
                chance.choice(world.happenings)(chance)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        for outcome in [pool.submit(live, number) for number in range(THREADS)]:
            outcome.result()
    go_through_all_of_it_in_peace(world)

    assert not [
        (answer, owed, asked)
        for answer, *asked in world.reads
        if answer not in (owed := world.books.may_have_had(*asked))
    ]


def go_through_all_of_it_in_peace(world: World) -> None:
    """Whatever is remembered by now has to give way to each change, and to the end of a grant."""
    changes = [
        partial(world.open_all, ("all", 0)),
        *(partial(world.end_or_begin_plan_of, customer) for customer in world.customers),
        partial(world.move_holders, 0, 1),
        partial(world.move_holders, 1, 0),
        *(partial(world.open_all, opening) for opening in OPENINGS),
    ]
    for change in changes:
        world.everybody_asks()
        change()
    world.everybody_asks()
    world.give_everybody_everything_for_a_moment()
    world.everybody_asks()
    sleep(A_MOMENT)
    world.everybody_asks()
    _forget()
    for customer in world.customers:
        reconcile_customer(customer_id=customer.pk)
    world.everybody_asks()


def _forget() -> None:
    """So that the next answers are made of what the database says."""
    queries._compiled.clear()
    offers._views.clear()


@pytest.mark.django_db(transaction=True)
def test_a_reader_never_sees_a_feature_after_it_was_switched_off():
    """Readers go on for as long as the switch is thrown; who asks after the commit gets no."""
    PlanVersionFactory(features={"exports": None}, plan__is_default=True)
    feature, user = FeatureFactory(key="exports"), UserFactory()
    wrong: list[bool] = []
    for _ in range(10):
        with ThreadPoolExecutor(3) as pool:
            readers = [pool.submit(_read_often, user) for _ in range(3)]
            switch_feature(feature=feature, opening="nobody")
            wrong += [check(_again(user), "exports").allowed for _ in range(3)]
            for reader in readers:
                reader.result()
        wrong.append(check(_again(user), "exports").allowed)
        switch_feature(feature=feature, opening="all")
        wrong.append(not check(_again(user), "exports").allowed)
    assert not any(wrong)


def _again(user):
    return with_entitlements(type(user).objects.all()).get(pk=user.pk)


def _read_often(user) -> None:
    try:
        for _ in range(5):
            check(_again(user), "exports")
    finally:
        connection.close()
