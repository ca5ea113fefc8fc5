"""What customers are told about their credits, each thing once."""

from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from billing.credits.models import CreditAccount, CreditEntry, CreditLot
from billing.credits.purchase_models import CreditPurchase, CreditSettings
from billing.notices.services import notify


def in_figures(amount: Decimal) -> str:
    """Credits as people read them: 1,234.5."""
    return f"{amount.normalize():,f}"


def credits_in_words(amount: Decimal) -> str:
    """So many credits: “1 credit”, “2.5 credits”."""
    return f"{in_figures(amount)} credit{'' if amount == 1 else 's'}"


def tell_low(account: CreditAccount) -> None:
    """Fewer credits are left than the customer wants; told once until credits come again."""
    last = account.entries.filter(kind=CreditEntry.Kind.GRANT).order_by("-pk").values_list("pk", flat=True)
    notify(
        user=account.customer.user,
        topic="credits_low",
        key=f"credits-low-{account.pk}-{last.first() or 0}",
        context={"credits": in_figures(account.available), "url": reverse("billing:credits")},
    )


def tell_expiring(lot: CreditLot) -> None:
    """Credits end in a few days."""
    notify(
        user=lot.account.customer.user,
        topic="credits_expiring",
        key=f"credits-expiring-{lot.pk}",
        context={
            "credits": in_figures(lot.remaining),
            "day": date_format(lot.expires_at, "j F Y") if lot.expires_at else "",
            "url": reverse("billing:credits"),
        },
    )


def tell_reloaded(purchase: CreditPurchase) -> None:
    """Auto-reload bought something."""
    _tell(purchase, "credits_reloaded")


def tell_bought(purchase: CreditPurchase) -> None:
    """The customer bought something: the receipt."""
    _tell(purchase, "credits_bought")


def tell_reload_failed(purchase: CreditPurchase, *, suspended: bool) -> None:
    """The card was refused, and what happens now."""
    what_next = (
        "We do not try again until another card is your default one."
        if suspended
        else "We try again later, a few times at most."
    )
    _tell(purchase, "credits_reload_failed", what_next=what_next)


def tell_capped(wanted: CreditSettings) -> None:
    """The month's limit is reached: nothing more is bought before the next one. Told once a month."""
    month = timezone.now().strftime("%Y-%m")
    notify(
        user=wanted.customer.user,
        topic="credits_reload_capped",
        key=f"credits-reload-capped-{wanted.customer_id}-{month}",
        context={"url": reverse("billing:credits")},
    )


def _tell(purchase: CreditPurchase, topic: str, **more: str) -> None:
    notify(
        user=purchase.customer.user,
        topic=topic,
        key=f"{topic.replace('_', '-')}-{purchase.reference}",
        context={
            "credits": in_figures(purchase.credits),
            "amount": purchase.formatted,
            "url": reverse("billing:credits"),
            **more,
        },
    )
