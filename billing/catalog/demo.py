"""Puts what the demo sells into an empty catalog; what is there already stays as it is."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from billing.actors import acting
from billing.catalog.content import PlanContent
from billing.catalog.models import Feature, Plan, Price
from billing.catalog.packs import CreditPack
from billing.catalog.services import save_plan

STORY = Path(__file__).with_name("demo.toml")


@transaction.atomic
def load_demo_catalog() -> None:
    """Features, plans and prices of ``demo.toml``, in its order. Again: adds only what is missing."""
    with acting(why="The demo's catalog", origin="command", place="load_demo"):
        _load(tomllib.loads(STORY.read_text(encoding="utf-8")))


def _load(story: dict[str, Any]) -> None:
    for position, facts in enumerate(story["feature"], start=1):
        Feature.objects.get_or_create(key=facts["key"], defaults={**facts, "position": position})
    features = {feature.key: feature for feature in Feature.objects.all()}
    for position, facts in enumerate(story["plan"], start=1):
        if not Plan.objects.filter(key=facts["key"]).exists():
            _add_plan(facts, position, features)
    for position, facts in enumerate(story["pack"], start=1):
        CreditPack.objects.get_or_create(key=facts["key"], defaults={**facts, "position": position})


def _add_plan(facts: dict[str, Any], position: int, features: dict[str, Feature]) -> None:
    gives, prices = facts.pop("features"), facts.pop("prices", {})
    content = PlanContent(
        trial_days=facts.pop("trial_days", 0),
        credits_per_period=Decimal(facts.pop("credits", 0)),
        features={features[key].pk: None if value is True else value for key, value in gives.items()},
        prices={
            (Price.Interval(interval), currency): amount
            for currency, amounts in prices.items()
            for interval, amount in amounts.items()
        },
    )
    save_plan(plan=Plan(**facts, position=position), content=content)
