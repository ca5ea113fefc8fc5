"""Moves, grants, kill switches, webhooks and readers at once: nobody is left with wrong rights."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from billing.api import check, entitlements_for, with_entitlements
from billing.catalog.models import Feature
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.entitlements import offers, queries
from billing.entitlements.models import FeatureGrant
from billing.entitlements.services import end_grant, grant_feature, name_testers, switch_feature
from billing.subscriptions.moving.models import VersionMove
from billing.subscriptions.moving.running import run_batch
from billing.subscriptions.moving.services import request_move, request_undo
from billing.subscriptions.services import reconcile_customer
from tests.factories.billing import FeatureFactory, PlanVersionFactory, PriceFactory, UserFactory

FEATURES = ("exports", "charts", "seats")
PEOPLE, THREADS, STEPS = 4, 4, 12


def loaded(customer: StripeCustomer):
    user = customer.user
    return with_entitlements(type(user).objects.all()).get(pk=user.pk)


def settle() -> None:
    """Do what jobs would still do."""
    for move in VersionMove.objects.filter(state__in=["running", "undoing"]):
        while run_batch(move=move):
            pass


class World:
    """Four customers of one plan with two versions, and the things that may happen to them."""

    def __init__(self, publish) -> None:
        first = publish("cutter", features={"exports": None, "seats": 3})
        self.versions = [
            first.version,
            PlanVersionFactory(
                plan=first.version.plan, number=2, is_current=False, features={"charts": None, "seats": 9}
            ),
        ]
        PriceFactory(version=self.versions[1])
        self.price = first
        self.customers = [ensure_customer(user=UserFactory()) for _ in range(PEOPLE)]
        self.happenings: list[Callable[[random.Random], None]] = [
            self.move,
            self.undo,
            self.grant,
            self.end,
            self.switch,
            self.name,
            self.webhook,
            self.read,
            self.read,
        ]

    def move(self, chance: random.Random) -> None:
        source, target = chance.sample(self.versions, 2)
        try:
            move = request_move(source=source, target=target, when="now")
        except ValidationError:
            return
        while run_batch(move=move):
            pass

    def undo(self, chance: random.Random) -> None:
        move = VersionMove.objects.filter(state="done").order_by("?").first()
        if move:
            try:
                request_undo(move=move)
            except ValidationError:
                return

    def grant(self, chance: random.Random) -> None:
        feature = Feature.objects.get(key=chance.choice(FEATURES))
        value = None if feature.kind == "switch" else chance.randint(1, 20)
        grant_feature(user=chance.choice(self.customers).user, feature=feature, value=value, reason="Chance")

    def end(self, chance: random.Random) -> None:
        grant = FeatureGrant.objects.order_by("?").first()
        if grant:
            end_grant(grant=grant)

    def switch(self, chance: random.Random) -> None:
        feature = Feature.objects.get(key=chance.choice(FEATURES))
        switch_feature(feature=feature, opening=chance.choice(["all", "some", "nobody"]), percent=50)

    def name(self, chance: random.Random) -> None:
        feature = Feature.objects.get(key=chance.choice(FEATURES))
        name_testers(feature=feature, users=[chance.choice(self.customers).user])

    def webhook(self, chance: random.Random) -> None:
        reconcile_customer(customer_id=chance.choice(self.customers).pk)

    def read(self, chance: random.Random) -> None:
        check(loaded(chance.choice(self.customers)), chance.choice(FEATURES))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_at_once_everybody_ends_with_the_rights_they_have(stripe, publish, seed):
    world = World(publish)
    for customer in world.customers:
        card = stripe.client().v1.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
        stripe.client().v1.subscriptions.create(
            {
                "customer": customer.stripe_id,
                "items": [{"price": world.price.stripe_price_id}],
                "default_payment_method": card.id,
            }
        )
        reconcile_customer(customer_id=customer.pk)

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
    settle()

    remembered = [entitlements_for(loaded(customer)) for customer in world.customers]
    assert remembered == [_compiled_anew(customer) for customer in world.customers]
    for customer in world.customers:
        reconcile_customer(customer_id=customer.pk)
    assert remembered == [_compiled_anew(customer) for customer in world.customers]


def _compiled_anew(customer: StripeCustomer):
    """What the database says, with nothing remembered."""
    queries._compiled.clear()
    offers._views.clear()
    return entitlements_for(loaded(customer))


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
