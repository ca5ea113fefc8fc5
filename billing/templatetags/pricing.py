"""``{% pricing_table %}`` and ``{% feature_matrix %}``: what is on offer, on any page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.catalog.cards import CardPrice, PlanCard
from billing.catalog.money import format_money
from billing.catalog.pricing import feature_matrix as compared
from billing.catalog.pricing import pricing
from billing.entitlements.queries import current_subscription, entitlements_for

register = template.Library()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the table: the plan they have, and how they pay for it; empty while they pay nothing."""

    plan_key: str
    interval: str


@register.inclusion_tag("billing/_pricing_table.html", takes_context=True)
def pricing_table(context: Context, default_interval: str = "month") -> dict[str, Any]:
    """Every plan on offer, with the reader's own marked."""
    user = getattr(context.get("request"), "user", AnonymousUser())
    return _table(pricing(), default_interval=default_interval, reader=_reader(user))


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


def _reader(user: Any) -> Reader:
    subscription = current_subscription(user)
    if subscription is None:
        return Reader(entitlements_for(user).plan_key, "")
    return Reader(subscription.plan_key, subscription.interval)


def _table(
    cards: Sequence[PlanCard], *, default_interval: str = "month", reader: Reader | None = None
) -> dict[str, Any]:
    """Without a ``reader`` nothing can be bought."""
    saving = max((card.yearly.saving_percent for card in cards if card.yearly), default=0)
    return {
        "plans": [_card(card, reader) for card in cards],
        "yearly_hint": _("save %(percent)s%%") % {"percent": saving} if saving else "",
        "default_interval": default_interval,
    }


def _card(card: PlanCard, reader: Reader | None) -> dict[str, Any]:
    monthly, yearly = card.monthly, card.yearly
    return {
        "current": bool(reader and reader.plan_key == card.key),
        "name": card.name,
        "description": card.tagline,
        "highlight": (card.badge or _("Recommended")) if card.highlighted else "",
        "price_month": _price(card, monthly),
        "price_year": _price(card, yearly),
        "price_note_year": _year_note(card, yearly),
        "cta_label": _label(card, reader),
        "href_month": _href(card, monthly, reader),
        "href_year": _href(card, yearly, reader),
        "features": card.features,
    }


def _href(card: PlanCard, price: CardPrice | None, reader: Reader | None) -> str:
    """Where to get the plan at this price: the checkout, or the change for somebody who has a plan."""
    if reader is None or price is None or card.is_default:
        return ""
    if reader.plan_key == card.key and reader.interval in {"", price.interval}:
        return ""
    url = reverse("billing:change", args=[card.key]) if reader.interval else card.checkout_url
    return f"{url}?interval={price.interval}"


def _price(card: PlanCard, price: CardPrice | None) -> str:
    if card.is_default:
        return format_money(0, settings.BILLING_CURRENCY, short=True)
    return price.formatted if price else ""


def _label(card: PlanCard, reader: Reader | None) -> str:
    if reader and reader.interval:
        return _("Pay this way") if reader.plan_key == card.key else _("Change to %s") % card.name
    if card.trial_days:
        return _("Try %(days)s days free") % {"days": card.trial_days}
    return _("Choose %(plan)s") % {"plan": card.name}


def _year_note(card: PlanCard, yearly: CardPrice | None) -> str:
    if yearly is None:
        return ""
    return _("%(money)s a month, paid once a year") % {"money": yearly.monthly_equivalent}
