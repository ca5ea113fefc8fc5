"""``{% pricing_table %}`` and ``{% feature_matrix %}``: what is on offer, on any page."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.context import Context
from django.utils.translation import gettext as _

from billing.catalog.cards import CardPrice, PlanCard
from billing.catalog.money import format_money
from billing.catalog.pricing import feature_matrix as compared
from billing.catalog.pricing import pricing
from billing.entitlements.queries import entitlements_for

register = template.Library()


@register.inclusion_tag("billing/_pricing_table.html", takes_context=True)
def pricing_table(context: Context, default_interval: str = "month") -> dict[str, Any]:
    """Every plan on offer, with the reader's own marked."""
    user = getattr(context.get("request"), "user", AnonymousUser())
    return _table(pricing(), default_interval=default_interval, held=entitlements_for(user).plan_key)


@register.inclusion_tag("billing/_pricing_table.html")
def plan_cards(*cards: PlanCard) -> dict[str, Any]:
    """The same table of ``cards`` that may not be on offer yet; nothing in it can be bought."""
    return _table(cards)


@register.inclusion_tag("billing/_feature_matrix.html")
def feature_matrix() -> dict[str, Any]:
    """Every feature of every plan on offer."""
    matrix = compared()
    plans = [{"name": card.name, "highlight": card.highlighted} for card in matrix.plans]
    return {"plans": plans, "groups": [{"title": "", "rows": matrix.rows}] if matrix.rows else []}


def _table(
    cards: Sequence[PlanCard], *, default_interval: str = "month", held: str | None = None
) -> dict[str, Any]:
    """``held`` is the reader's plan, or empty; None where nobody reads it and nothing can be bought."""
    saving = max((card.yearly.saving_percent for card in cards if card.yearly), default=0)
    return {
        "plans": [_card(card, held) for card in cards],
        "yearly_hint": _("save %(percent)s%%") % {"percent": saving} if saving else "",
        "default_interval": default_interval,
    }


def _card(card: PlanCard, held: str | None) -> dict[str, Any]:
    monthly, yearly = card.monthly, card.yearly
    url = "" if held in (None, card.key) else card.checkout_url
    return {
        "current": held == card.key,
        "name": card.name,
        "description": card.tagline,
        "highlight": (card.badge or _("Recommended")) if card.highlighted else "",
        "price_month": _price(card, monthly),
        "price_year": _price(card, yearly),
        "price_note_year": _year_note(card, yearly),
        "cta_label": _label(card),
        "href_month": f"{url}?interval=month" if url and monthly else "",
        "href_year": f"{url}?interval=year" if url and yearly else "",
        "features": card.features,
    }


def _price(card: PlanCard, price: CardPrice | None) -> str:
    if card.is_default:
        return format_money(0, settings.BILLING_CURRENCY, short=True)
    return price.formatted if price else ""


def _label(card: PlanCard) -> str:
    if card.trial_days:
        return _("Try %(days)s days free") % {"days": card.trial_days}
    return _("Choose %(plan)s") % {"plan": card.name}


def _year_note(card: PlanCard, yearly: CardPrice | None) -> str:
    if yearly is None:
        return ""
    return _("%(money)s a month, paid once a year") % {"money": yearly.monthly_equivalent}
