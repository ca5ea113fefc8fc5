"""Looks after balances: who wanted to be told is told, who wanted credits bought gets them."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.credits.models import CreditAccount, CreditLot
from billing.credits.purchase_models import CreditPurchase, CreditSettings
from billing.credits.queries import account_of
from billing.credits.reload import reload_if_low
from billing.credits.telling import tell_expiring, tell_low
from billing.customers.models import StripeCustomer

EXPIRING_WITHIN = timedelta(days=3)
# A plan's credits end every month and come again: nobody needs a mail about that.
TOLD_OF = (CreditLot.Source.PURCHASE, CreditLot.Source.PROMOTION, CreditLot.Source.ADMIN)
BATCH = 500


def look_after(*, customer_id: int) -> None:
    """Tell of a low balance and buy what is missing, as the customer's settings say. Safe to repeat."""
    wanted = CreditSettings.objects.select_related("customer__user").filter(customer_id=customer_id).first()
    account = account_of(wanted.customer) if wanted else None
    if wanted is None or account is None:
        return
    if wanted.tell_below is not None and account.available < wanted.tell_below:
        tell_low(account)
    if wanted.reload_on and wanted.customer.user.is_active:
        reload_if_low(customer_id=customer_id)


def low_customers() -> list[int]:
    """Whose balance is below what they wait for, or has an attempt to buy that is not finished."""
    _bring_to_the_present()
    low = CreditAccount.objects.filter(available__lt=F("watch_below")).values_list("customer_id", flat=True)
    unfinished = CreditPurchase.objects.filter(
        way=CreditPurchase.Way.RELOAD, status=CreditPurchase.Status.OPEN
    ).values_list("customer_id", flat=True)
    return sorted({*low[:BATCH], *unfinished[:BATCH]})


def tell_of_expiring() -> int:
    """Tell of what ends within three days; gives the number of lots."""
    soon = timezone.now() + EXPIRING_WITHIN
    lots = CreditLot.objects.filter(state=CreditLot.State.OPEN, expires_at__lte=soon, source__in=TOLD_OF)
    count = 0
    for lot in lots.filter(expires_at__gt=timezone.now()).select_related("account__customer__user"):
        tell_expiring(lot)
        count += 1
    return count


@transaction.atomic
def save_settings(settings: CreditSettings) -> None:
    """Keep what the customer wants, and wake somebody when the balance falls below it."""
    settings.save()
    thresholds = [settings.tell_below, settings.reload_below if settings.reload_on else None]
    watch_below = max((limit for limit in thresholds if limit is not None), default=None)
    CreditAccount.objects.get_or_create(customer=settings.customer)
    CreditAccount.objects.filter(customer=settings.customer).update(watch_below=watch_below)


def _bring_to_the_present() -> None:
    """Where something fell due in a watched account, the balance may be low since then."""
    due = CreditAccount.objects.filter(next_event_at__lte=timezone.now()).exclude(watch_below=None)
    customers = StripeCustomer.objects.filter(credit_account__in=due)
    for customer in customers[:BATCH]:
        account_of(customer)
