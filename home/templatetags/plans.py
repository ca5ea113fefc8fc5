"""Draws the plans on sale: as cards, and as a table of what each includes."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext

from billing import api as billing

register = template.Library()


@register.inclusion_tag("home/includes/plan_table.html", takes_context=True)
def plan_table(context: template.Context) -> dict[str, Any]:
    """The plans as cards with monthly and yearly prices; the reader's own plan is marked."""
    user = getattr(context.get("request"), "user", AnonymousUser())
    held = billing.entitlements_for(user).plan_key
    cards = [card for card in billing.pricing() if not card.is_default]
    saving = max((card.yearly.saving_percent for card in cards if card.yearly), default=0)
    return {
        "plans": [_as_component(card, is_held=card.key == held) for card in cards],
        "yearly_hint": gettext("save %(percent)s%%") % {"percent": saving} if saving else "",
    }


@register.inclusion_tag("home/includes/plan_comparison.html")
def plan_comparison() -> dict[str, Any]:
    """Every feature of every plan on sale."""
    matrix = billing.feature_matrix()
    plans = [{"name": card.name, "highlight": card.highlighted} for card in matrix.plans]
    return {"plans": plans, "groups": [{"title": "", "rows": matrix.rows}] if matrix.rows else []}


def _as_component(card: billing.PlanCard, *, is_held: bool) -> dict[str, Any]:
    """A card in the names of ``components/plan_card.html``."""
    buys = "" if is_held else card.checkout_url
    return {
        "name": card.name,
        "description": card.tagline,
        "highlight": (card.badge or gettext("Recommended")) if card.highlighted else "",
        "current": is_held,
        "cta_label": _label(card),
        "price_month": card.monthly.formatted if card.monthly else "",
        "price_year": card.yearly.formatted if card.yearly else "",
        "price_note_year": _note(card.yearly),
        "href_month": buys and card.monthly and f"{buys}?interval=month",
        "href_year": buys and card.yearly and f"{buys}?interval=year",
        "features": card.features,
    }


def _label(card: billing.PlanCard) -> str:
    if card.trial_days:
        return gettext("Try %(days)s days free") % {"days": card.trial_days}
    return gettext("Choose %(plan)s") % {"plan": card.name}


def _note(yearly: billing.CardPrice | None) -> str:
    return gettext("%(amount)s a month") % {"amount": yearly.monthly_equivalent} if yearly else ""
