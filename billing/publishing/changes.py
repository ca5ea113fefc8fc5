"""What separates a plan or a pack from its product at Stripe, as changes that bring Stripe in step. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from billing.catalog.models import Plan, PlanVersion, Price
from billing.catalog.money import format_money
from billing.catalog.packs import CreditPack
from billing.gateway.catalog import StripePrice, StripeProduct

PLAN = "quickscale_plan"
PRICE = "quickscale_price"


class Action(StrEnum):
    """What is done about a difference. Notes are for people: nothing is done about them."""

    CREATE_PRODUCT = "create product"
    UPDATE_PRODUCT = "update product"
    CREATE_PRICE = "create price"
    UPDATE_PRICE = "update price"
    RETIRE_PRICE = "retire price"
    REMEMBER_PRICE = "remember price"
    NOTE = "left alone"


@dataclass(frozen=True, slots=True)
class Change:
    """One step. ``target`` is Stripe's id, empty where it does not exist yet; ``row`` our price's id.

    ``plan`` is what is sold, a pack of credits as well. Its pack's own row holds its price.
    """

    action: Action
    plan: Plan | CreditPack
    sentence: str
    target: str = ""
    row: int = 0
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def idempotency_key(self) -> str:
        """The same step asked twice is one step; asked with other words it is another one."""
        words = json.dumps(self.params, sort_keys=True)
        digest = hashlib.sha256(words.encode()).hexdigest()[:16]
        pack = "pack-" if isinstance(self.plan, CreditPack) else ""
        return f"publish-{pack}{self.plan.pk}-{self.row or 'product'}-{digest}"

    @property
    def subject(self) -> str:
        """What is sold, by its key; packs say that they are."""
        return f"pack {self.plan.key}" if isinstance(self.plan, CreditPack) else self.plan.key


def product_id_of(item: Plan | CreditPack) -> str:
    """The id of the product: always the same, so that there can never be two."""
    pack = "credits-" if isinstance(item, CreditPack) else ""
    return item.stripe_product_id or f"quickscale-{pack}{item.key}"


def changes_for(plan: Plan, product: StripeProduct | None) -> list[Change]:
    """Every step for one plan, in the order in which Stripe accepts them.

    ``plan`` comes from ``plans_with_content``: of its versions only the current one is on sale.
    """
    versions = list(plan.versions.all())
    if product is None and not (
        plan.archived_at is None and any(version.prices.all() for version in versions)
    ):
        return []
    steps = [*product_steps(plan, product, description=plan.description, mark=PLAN)]
    kept: set[str] = set()
    for version, price in _prices_on_sale(plan, versions):
        remote = _counterpart(version, price, product)
        kept.update([remote.id] if remote else [])
        steps += _of_price(plan, version, price, remote)
    steps += leftover_steps(plan, product, kept, mark=PLAN)
    return steps


def lookup_key_of(version: PlanVersion, price: Price) -> str:
    """The name by which Stripe's price says which of ours it is: team-v2-month-eur."""
    return f"{version.plan.key}-v{version.number}-{price.interval}-{price.currency}".lower()


def product_steps(
    plan: Plan | CreditPack, product: StripeProduct | None, *, description: str, mark: str
) -> Iterator[Change]:
    """Make the product, or have it say what we say; ``mark`` is the metadata that says whose it is."""
    wanted = {"name": plan.name, "description": description, "active": plan.archived_at is None}
    if product is None:
        params = {**wanted, "id": product_id_of(plan), "metadata": {mark: plan.key}}
        params = {name: value for name, value in params.items() if value != ""}
        yield Change(Action.CREATE_PRODUCT, plan, f"Create the product “{plan.name}”.", params=params)
        return
    present = {"name": product.name, "description": product.description, "active": product.active}
    differing = {name: value for name, value in wanted.items() if present[name] != value}
    words = [
        f"{name} is {_said(present[name])} in Stripe, {_said(differing[name])} here" for name in differing
    ]
    if product.metadata.get(mark) != plan.key:
        differing["metadata"] = {mark: plan.key}
        words.append("Stripe does not say what it is here")
    if differing:
        sentence = f"Update the product “{plan.name}”: {'; '.join(words)}."
        yield Change(Action.UPDATE_PRODUCT, plan, sentence, target=product.id, params=differing)


def _prices_on_sale(plan: Plan, versions: list[PlanVersion]) -> Iterator[tuple[PlanVersion, Price]]:
    if plan.archived_at is None:
        for version in versions:
            version.plan = plan
            for price in version.prices.all():
                yield version, price


def _counterpart(version: PlanVersion, price: Price, product: StripeProduct | None) -> StripePrice | None:
    """Stripe's price for ours: the one we remember, else the one that says so. The amount must agree."""
    wanted = (price.amount, price.currency, price.interval)
    name = lookup_key_of(version, price)
    found = [
        remote
        for remote in (product.prices if product else ())
        if (remote.amount, remote.currency, remote.interval) == wanted
        and (remote.id == price.stripe_price_id or name in (remote.lookup_key, remote.metadata.get(PRICE)))
    ]
    return max(found, key=lambda remote: (remote.id == price.stripe_price_id, remote.active), default=None)


def _of_price(plan: Plan, version: PlanVersion, price: Price, remote: StripePrice | None) -> Iterator[Change]:
    words = f"{price.formatted} {price.per}"
    name = lookup_key_of(version, price)
    if remote is None:
        params = _new_price(plan, price, name)
        yield Change(Action.CREATE_PRICE, plan, f"Create the price {words}.", row=price.pk, params=params)
        return
    differing: dict[str, object] = {}
    if not remote.active:
        differing["active"] = True
    if remote.lookup_key != name:
        differing |= {"lookup_key": name, "transfer_lookup_key": True}
    if differing:
        reason = "it is switched off in Stripe" if not remote.active else "its lookup key differs in Stripe"
        sentence = f"Put the price {words} on sale again: {reason}."
        yield Change(Action.UPDATE_PRICE, plan, sentence, target=remote.id, row=price.pk, params=differing)
    elif price.stripe_price_id != remote.id:
        sentence = f"Remember that the price {words} is {remote.id} at Stripe."
        yield Change(Action.REMEMBER_PRICE, plan, sentence, target=remote.id, row=price.pk)


def _new_price(plan: Plan, price: Price, name: str) -> dict[str, object]:
    return {
        "product": product_id_of(plan),
        "currency": price.currency.lower(),
        "unit_amount": price.amount,
        "recurring": {"interval": price.interval},
        "lookup_key": name,
        "transfer_lookup_key": True,
        "metadata": {PLAN: plan.key, PRICE: name},
    }


def leftover_steps(
    plan: Plan | CreditPack, product: StripeProduct | None, kept: set[str], *, mark: str
) -> Iterator[Change]:
    """Prices at Stripe that are on sale and should not be; those that somebody else made are left alone."""
    for remote in product.prices if product else ():
        if not remote.active or remote.id in kept:
            continue
        words = f"{format_money(remote.amount or 0, remote.currency)} ({remote.id})"
        if mark in remote.metadata:
            sentence = f"Take the price {words} off sale. Customers who have it keep it."
            yield Change(Action.RETIRE_PRICE, plan, sentence, target=remote.id, params={"active": False})
        else:
            sentence = f"Stripe has a price {words} that was made there. It is left alone."
            yield Change(Action.NOTE, plan, sentence, target=remote.id)


def _said(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else f"“{value}”"
