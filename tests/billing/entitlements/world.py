"""Some customers, everything that may happen to what they may do, and books of what did happen."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from billing.api import check, with_entitlements
from billing.catalog.models import Feature
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.entitlements.services import end_grant, grant_feature, name_testers, switch_feature
from billing.subscriptions.moving.models import VersionMove
from billing.subscriptions.moving.running import run_batch
from billing.subscriptions.moving.services import request_move, request_undo
from billing.subscriptions.services import reconcile_customer
from tests.billing.entitlements.naive_rights import (
    DEFAULTS,
    FEATURES,
    NO_LIMIT,
    NOTHING,
    VERSIONS,
    Books,
    Fact,
    Grant,
)
from tests.factories.billing import PlanVersionFactory, PriceFactory, UserFactory

PEOPLE = 4
A_MOMENT = 0.4  # seconds: some grants end by themselves while others go on
MUCH = 100
OPENINGS = [("nobody", 0), ("some", 100), ("some", 50), ("all", 0), ("some", 0)]


def loaded(customer: StripeCustomer):
    user = customer.user
    return with_entitlements(type(user).objects.all()).get(pk=user.pk)


def told(customer: StripeCustomer, feature: str) -> float:
    """How much of the feature the site says they have."""
    decision = check(loaded(customer), feature)
    if not decision.allowed:
        return NOTHING
    return NO_LIMIT if decision.limit is None else decision.limit


class World:
    """Four customers of one plan with two versions, what may happen to them, and books of what happened."""

    def __init__(self, publish, stripe) -> None:
        self.stripe, self.price = stripe.client(), publish("cutter", features=_stored(VERSIONS[0]))
        first = self.price.version
        second = PlanVersionFactory(
            plan=first.plan, number=2, is_current=False, features=_stored(VERSIONS[1])
        )
        PriceFactory(version=second)
        self.versions = (first, second)
        for key, value in DEFAULTS.items():
            Feature.objects.filter(key=key).update(default_value=value)
        self.customers = [ensure_customer(user=UserFactory()) for _ in range(PEOPLE)]
        self.books = Books({one.pk: Fact((0, None)) for one in self.customers})
        self.plans_change, self.opening_changes = Lock(), {key: Lock() for key in FEATURES}
        self.moves: list[tuple[VersionMove, int, dict[int, int]]] = []
        self.given: list[tuple[Grant, object]] = []
        self.reads: list[tuple] = []
        for customer in self.customers:
            self.subscribe(customer)
        for key in FEATURES:
            self.see_who_is_within_half(key)

    def subscribe(self, customer: StripeCustomer) -> None:
        began, (number, _) = timezone.now(), self.books.plans[customer.pk].latest
        items = [{"price": self.price.stripe_price_id}]
        card = self.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
        self.stripe.v1.subscriptions.create(
            {"customer": customer.stripe_id, "items": items, "default_payment_method": card.id}
        )
        reconcile_customer(customer_id=customer.pk)
        self.books.plans[customer.pk].became((number + 1, 0), began=began)

    def see_who_is_within_half(self, key: str) -> None:
        """Asked once in peace, and the same people from then on."""
        feature = Feature.objects.get(key=key)
        switch_feature(feature=feature, opening="some", percent=50)
        within = {one.pk for one in self.customers if told(one, key)}
        self.books.openings[key].part = within
        switch_feature(feature=feature, opening="all", percent=0)

    @property
    def happenings(self) -> list[Callable[[random.Random], None]]:
        seldom = [self.move, self.undo, self.leave_or_join, self.grant, self.end, self.switch, self.name]
        return [*seldom, self.webhook, self.read, self.read, self.read]

    def move(self, chance: random.Random) -> None:
        source, target = chance.sample([0, 1], 2)
        self.move_holders(source, target)

    def move_holders(self, source: int, target: int) -> None:
        with self.plans_change:
            began, plans = timezone.now(), self.books.plans
            holders = {pk: plan.latest[0] for pk, plan in plans.items() if plan.latest[1] == source}
            try:
                move = request_move(source=self.versions[source], target=self.versions[target], when="now")
            except ValidationError:
                assert not holders
                return
            run(move)
            for pk, number in holders.items():
                plans[pk].became((number, target), began=began)
            self.moves.append((move, source, holders))

    def undo(self, chance: random.Random) -> None:
        with self.plans_change:
            if not self.moves:
                return
            move, source, holders = self.moves.pop(chance.randrange(len(self.moves)))
            began, plans = timezone.now(), self.books.plans
            request_undo(move=move)
            run(move)
            for pk, number in holders.items():
                if plans[pk].latest == (number, 1 - source):
                    plans[pk].became((number, source), began=began)

    def leave_or_join(self, chance: random.Random) -> None:
        self.end_or_begin_plan_of(chance.choice(self.customers))

    def end_or_begin_plan_of(self, customer: StripeCustomer) -> None:
        with self.plans_change:
            began, plan = timezone.now(), self.books.plans[customer.pk]
            number, version = plan.latest
            if version is None:
                self.subscribe(customer)
                return
            listed = self.stripe.v1.subscriptions.list({"customer": customer.stripe_id})
            self.stripe.v1.subscriptions.cancel(listed.data[0].id)
            reconcile_customer(customer_id=customer.pk)
            plan.became((number, None), began=began)

    def grant(self, chance: random.Random) -> None:
        feature = Feature.objects.get(key=chance.choice(FEATURES))
        value = None if feature.kind == "switch" else chance.randint(1, 20)
        self.give(chance.choice(self.customers), feature, value, seconds=chance.choice([None, A_MOMENT]))

    def give(
        self, customer: StripeCustomer, feature: Feature, value: int | None, *, seconds: float | None
    ) -> None:
        began = timezone.now()
        ends_at = None if seconds is None else began + timedelta(seconds=seconds)
        stored = grant_feature(
            user=customer.user,
            feature=feature,
            value=value,
            reason="Chance",
            starts_at=began,
            ends_at=ends_at,
        )
        noted = Grant(customer.pk, feature.key, NO_LIMIT if value is None else value)
        noted.holds.became(True, began=began)
        if ends_at:
            noted.holds.became(False, began=ends_at, done=ends_at)
        self.books.grants.append(noted)
        self.given.append((noted, stored))

    def give_everybody_everything_for_a_moment(self) -> None:
        for feature in Feature.objects.all():
            value = None if feature.kind == "switch" else MUCH
            for customer in self.customers:
                self.give(customer, feature, value, seconds=A_MOMENT)

    def end(self, chance: random.Random) -> None:
        if self.given:
            noted, stored = chance.choice(self.given)
            began = timezone.now()
            end_grant(grant=stored)
            noted.holds.became(False, began=began)

    def switch(self, chance: random.Random) -> None:
        self.open(chance.choice(FEATURES), chance.choice(OPENINGS))

    def open_all(self, to: tuple[str, int]) -> None:
        for key in FEATURES:
            self.open(key, to)

    def open(self, key: str, to: tuple[str, int]) -> None:
        how_far, percent = to
        with self.changing(key) as opening:
            began = timezone.now()
            switch_feature(feature=Feature.objects.get(key=key), opening=how_far, percent=percent)
            opening.to.became(to, began=began)

    def name(self, chance: random.Random) -> None:
        key, customer = chance.choice(FEATURES), chance.choice(self.customers)
        with self.changing(key) as opening:
            began = timezone.now()
            name_testers(feature=Feature.objects.get(key=key), users=[customer.user])
            opening.named.became(frozenset({customer.pk}), began=began)

    def webhook(self, chance: random.Random) -> None:
        reconcile_customer(customer_id=chance.choice(self.customers).pk)

    def read(self, chance: random.Random) -> None:
        self.ask(chance.choice(self.customers), chance.choice(FEATURES))

    def ask(self, customer: StripeCustomer, feature: str) -> None:
        since, answer = timezone.now(), told(customer, feature)
        self.reads.append((answer, customer.pk, feature, since, timezone.now()))

    def everybody_asks(self) -> None:
        for customer in self.customers:
            for feature in FEATURES:
                self.ask(customer, feature)

    @contextmanager
    def changing(self, key: str):
        """One change of a feature at a time, so that it is known which was the last."""
        with self.opening_changes[key]:
            yield self.books.openings[key]


def run(move: VersionMove) -> None:
    """Two workers go on with it at once."""
    with ThreadPoolExecutor(2) as workers:
        for outcome in [workers.submit(_go_on_with, move.pk) for _ in range(2)]:
            outcome.result()


def _go_on_with(move_id: int) -> None:
    try:
        while run_batch(move=VersionMove.objects.get(pk=move_id)):
            pass
    finally:
        connection.close()


def _stored(gives: dict[str, float]) -> dict[str, int | None]:
    return {key: None if value == NO_LIMIT else int(value) for key, value in gives.items()}
