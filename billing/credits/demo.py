"""Puts what the demo's actions cost in credits beside its catalog; a feature that has a cost keeps it."""

import tomllib
from decimal import Decimal

from billing.actors import acting
from billing.catalog.demo import STORY
from billing.catalog.models import Feature
from billing.credits.costs import CreditCost


def load_demo_costs() -> None:
    """The costs of ``demo.toml``; needs its features."""
    with acting(why="The demo's catalog", origin="command", place="load_demo"):
        for facts in tomllib.loads(STORY.read_text(encoding="utf-8"))["cost"]:
            feature = Feature.objects.get(key=facts["feature"])
            if not feature.credit_costs.exists():
                amount = Decimal(str(facts["credits"]))
                CreditCost.objects.create(feature=feature, unit=facts["unit"], amount=amount)
