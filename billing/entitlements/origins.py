"""Where what a customer may do comes from: for whoever has to explain it to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone

from billing.customers.models import StripeCustomer
from billing.entitlements.offers import CatalogView, FeatureFacts
from billing.entitlements.queries import catalog_for, entitlements_for, held_and_granted
from billing.entitlements.snapshot import Granted, Held


@dataclass(frozen=True, slots=True)
class Origin:
    """One feature: how much of it the customer has now, and everything that gives it or holds it back."""

    feature: str
    value: str
    sources: tuple[str, ...]


def origins_of(customer: StripeCustomer) -> list[Origin]:
    """Every feature that something gives the customer, in the catalog's order. The queries do not grow."""
    now = timezone.now()
    catalog = catalog_for(customer.user)
    held, grants = held_and_granted(customer, now=now)
    has = entitlements_for(customer.user).features
    origins = []
    for key, facts in catalog.features.items():
        sources = [
            *_from_plans(key, facts, held, catalog),
            *_from_grants(key, facts, grants, now),
            *_held_back(key, catalog, customer),
        ]
        if sources:
            origins.append(Origin(facts.name, _said(facts, has.get(key, 0)), tuple(sources)))
    return origins


def _from_plans(key: str, facts: FeatureFacts, held: list[Held], catalog: CatalogView) -> Iterator[str]:
    plans = [*held, *([catalog.default] if catalog.default else [])]
    named = [plan for plan in plans if key in plan.values]
    for plan in named:
        until = f", until {plan.until:%Y-%m-%d %H:%M:%S} UTC" if plan.until else ""
        yield f"Plan {plan.plan_name}: {_said(facts, plan.values[key])}{until}"
    if not named and key in catalog.flags.defaults:
        yield f"Everybody without a plan that names it: {_said(facts, catalog.flags.defaults[key])}"


def _from_grants(key: str, facts: FeatureFacts, grants: list[Granted], now: datetime) -> Iterator[str]:
    for grant in grants:
        if grant.feature == key:
            begins = "" if grant.starts_at <= now else f" from {grant.starts_at:%Y-%m-%d %H:%M:%S} UTC"
            ends = f"until {grant.ends_at:%Y-%m-%d %H:%M:%S} UTC" if grant.ends_at else "without an end"
            yield f"Grant: {_said(facts, grant.value)}{begins}, {ends}"


def _held_back(key: str, catalog: CatalogView, customer: StripeCustomer) -> Iterator[str]:
    if key in catalog.flags.off:
        yield "Switched off for everybody"
    elif not catalog.flags.lets(key, customer.user_id):
        yield "Open to some, and not to this customer"


def _said(facts: FeatureFacts, value: int | None) -> str:
    if value == 0:
        return "no"
    if not facts.is_counted:
        return "yes"
    return "without limit" if value is None else f"{intcomma(value)} {facts.unit}".strip()
