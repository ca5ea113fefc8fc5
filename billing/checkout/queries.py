"""What a customer may buy, and the checkout they come back from."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from billing.catalog.models import Price
from billing.checkout.models import CheckoutAttempt
from billing.credits.purchase_models import CreditPurchase
from billing.customers.queries import currency_choice
from billing.entitlements.queries import customer_of
from billing.subscriptions.models import Subscription
from billing.subscriptions.queries import live_subscription


class NotOnSale(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """Nobody can buy this plan now. ``sentence`` says so to the customer."""

    sentence = "This plan is not on sale: it does not exist, or it is no longer offered."


class NotOnSaleYet(NotOnSale):
    """The plan is public, but Stripe does not know its price: the catalog was not published there."""

    sentence = "This plan is not on sale yet: we are still preparing it. Please come back a little later."


def price_on_sale(*, plan_key: str, interval: str, currency: str = "") -> Price:
    """What a plan costs new customers, in the site's currency unless another is named.

    Raises ``NotOnSale`` or ``NotOnSaleYet``.
    """
    price = (
        Price.objects.filter(
            version__is_current=True,
            version__plan__key=plan_key,
            version__plan__is_public=True,
            version__plan__is_default=False,
            version__plan__archived_at=None,
            interval=interval,
            currency=currency or settings.BILLING_CURRENCY,
        )
        .select_related("version__plan")
        .first()
    )
    if price is None:
        raise NotOnSale
    if not price.stripe_price_id:
        raise NotOnSaleYet
    return price


def is_at_checkout(customer_id: int) -> bool:
    """Whether the customer began to buy a plan or credits on Stripe's page, and we know of no end yet."""
    attempts = CheckoutAttempt.objects.filter(customer_id=customer_id, status=CheckoutAttempt.Status.OPEN)
    purchases = CreditPurchase.objects.filter(
        customer_id=customer_id, status=CreditPurchase.Status.OPEN, way=CreditPurchase.Way.CHECKOUT
    )
    return attempts.exists() or purchases.exists()


def price_for(user: Any, *, plan_key: str, interval: str, currency: str = "") -> Price:
    """What a plan costs this person: in the ``currency`` asked for, else in theirs, else in the site's.

    Something open in one currency holds it, as Stripe does. Raises ``NotOnSale`` or ``NotOnSaleYet``.
    """
    chosen = currency_choice(customer_of(user)).asking_for(currency)
    try:
        return price_on_sale(plan_key=plan_key, interval=interval, currency=chosen)
    except NotOnSale:
        if chosen == settings.BILLING_CURRENCY:
            raise
    return price_on_sale(plan_key=plan_key, interval=interval)


def choice_path(attempt: CheckoutAttempt, **more: str) -> str:
    """The page on which the same choice is made again: plan, interval, currency, and where they came from."""
    price = attempt.price
    query = {"interval": price.interval, "currency": price.currency, "next": attempt.return_path, **more}
    told = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('billing:checkout', args=[price.version.plan.key])}?{told}"


def other_interval(price: Price) -> Price | None:
    """The same plan paid at the other interval, if that is on sale too."""
    others: QuerySet[Price] = price.version.prices.filter(currency=price.currency)
    return others.exclude(interval=price.interval).exclude(stripe_price_id="").first()


def subscription_of(user: Any) -> Subscription | None:
    """The subscription that this person manages, with all that a change needs."""
    customer = customer_of(user)
    return live_subscription(customer) if customer else None


def attempt_of(*, user: Any, session_id: str) -> CheckoutAttempt | None:
    """The checkout with this Stripe session, if it is this person's own."""
    return (
        CheckoutAttempt.objects.filter(customer__user=user, stripe_session_id=session_id)
        .exclude(stripe_session_id="")
        .select_related("customer", "price__version__plan")
        .first()
    )
