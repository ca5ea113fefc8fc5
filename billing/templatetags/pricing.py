"""``{% pricing_table %}``, ``{% plans_and_packs %}``, ``{% feature_matrix %}``: what is on offer."""

from collections.abc import Iterable, Sequence
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
from billing.catalog.packs import CreditPack
from billing.catalog.pricing import feature_matrix as compared
from billing.catalog.pricing import packs_on_sale, pricing, sites_first
from billing.checkout.pricing_table import table_for
from billing.credits.shop import shop_in
from billing.customers.queries import currency_choice
from billing.entitlements.queries import current_subscription, customer_of, entitlements_for

register = template.Library()

NOBODY = AnonymousUser()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the table: the plan they have, and how they pay for it; empty while they pay nothing.

    ``currency`` is what the prices are in. It is ``bound`` to that of a plan they have or an open invoice.
    """

    plan_key: str
    interval: str
    currency: str
    is_bound: bool = False


@register.inclusion_tag("billing/_pricing_table.html", takes_context=True)
def pricing_table(context: Context, default_interval: str = "month") -> dict[str, Any]:
    """Every plan on offer, with the reader's own marked; the address's ``currency`` chooses among several."""
    return _offered(context, pricing(), [], default_interval)


@register.inclusion_tag("billing/_plans_and_packs.html", takes_context=True)
def plans_and_packs(context: Context) -> dict[str, Any]:
    """The same table, and the packs of credits below it in the same currency."""
    packs = packs_on_sale()
    offered = _offered(context, pricing(), packs, "month")
    passed = {name: context.get(name) for name in ("request", "page", "csrf_token")}
    return {**offered, **passed, "shop": shop_in(offered["currency"], packs)}


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


@register.inclusion_tag("billing/_stripes_table.html", takes_context=True)
def stripes_pricing_table(context: Context) -> dict[str, Any]:
    """Stripe's own table for somebody who may buy by it; nothing where there is none."""
    return {"table": table_for(_user_of(context)), "csrf_token": context.get("csrf_token")}


def _user_of(context: Context) -> Any:
    """Whose table it is. A page that is kept for many readers marks the plan of none of them."""
    if getattr(context.get("page"), "is_shareable", False):
        return NOBODY
    return getattr(context.get("request"), "user", NOBODY)


def _offered(
    context: Context, cards: Sequence[PlanCard], packs: Iterable[CreditPack], default_interval: str
) -> dict[str, Any]:
    priced: Iterable[CardPrice | CreditPack] = [*(price for card in cards for price in card.prices), *packs]
    currencies = sites_first(one.currency for one in priced)
    request = context.get("request")
    chosen = request.GET if request else {}
    asked = chosen.get("currency", "").upper()
    reader = _reader(_user_of(context), asked if asked in currencies else "")
    interval = chosen.get("billing-interval") or default_interval
    table = _table(cards, default_interval=interval, reader=reader)
    choices = [] if reader.is_bound else [(code, code == reader.currency) for code in currencies]
    return {**table, "currency": reader.currency, "currencies": choices if len(choices) > 1 else []}


def _reader(user: Any, asked: str) -> Reader:
    subscription = current_subscription(user)
    if subscription is None:
        own = currency_choice(customer_of(user))
        plan_key = entitlements_for(user).plan_key
        return Reader(plan_key, "", own.asking_for(asked), is_bound=bool(own.held_by))
    return Reader(subscription.plan_key, subscription.interval, subscription.currency, is_bound=True)


def _table(
    cards: Sequence[PlanCard], *, default_interval: str = "month", reader: Reader | None = None
) -> dict[str, Any]:
    """Without a ``reader`` nothing can be bought."""
    currency = reader.currency if reader else settings.BILLING_CURRENCY
    yearly = [card.prices_in(currency)[1] for card in cards]
    saving = max((price.saving_percent for price in yearly if price), default=0)
    return {
        "plans": [_card(card, reader, currency) for card in cards],
        "yearly_hint": _("save %(percent)s%%") % {"percent": saving} if saving else "",
        "default_interval": default_interval,
    }


def _card(card: PlanCard, reader: Reader | None, currency: str) -> dict[str, Any]:
    monthly, yearly = card.prices_in(currency)
    return {
        "current": bool(reader and reader.plan_key == card.key),
        "name": card.name,
        "description": card.tagline,
        "highlight": (card.badge or _("Recommended")) if card.highlighted else "",
        "price_month": _price(card, monthly, currency),
        "price_year": _price(card, yearly, currency),
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
    if reader.interval:
        return f"{reverse('billing:change', args=[card.key])}?interval={price.interval}"
    foreign = f"&currency={price.currency}" if price.currency != settings.BILLING_CURRENCY else ""
    return f"{card.checkout_url}?interval={price.interval}{foreign}"


def _price(card: PlanCard, price: CardPrice | None, currency: str) -> str:
    if card.is_default:
        return format_money(0, currency, short=True)
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
