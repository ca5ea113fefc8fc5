"""Unlocks a page for credits: asked first, charged once, given back by an admin."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from billing import api as billing
from home.gate.models import PageUnlock
from home.gate.opened import Opened
from home.gate.sections import rule_of
from home.gate.streams import section_rules
from home.gate.tally import count


class NotForSale(LookupError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """No part of the page opens for credits now."""


class PriceChanged(RuntimeError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The reader agreed to another price than the page has now."""


def price_of(page: Any) -> int:
    """The credits that open everything on the page that credits can open; 0: nothing.

    One page has one price, the highest that any part of it asks for.
    """
    rules = {rule_of(page)}
    for name in page.gated_fields:
        rules |= section_rules(getattr(page, name))
    return max(rule.credits for rule in rules)


def is_unlocked(page: Page, reader: Any) -> bool:
    """Whether the reader has the page already."""
    return Opened(reader, [page]).has_bought(page)


def unlock(*, page: Any, reader: Any, agreed: int) -> PageUnlock:
    """Spend the page's price and open it; somebody who has it pays nothing more, however often they ask.

    ``agreed`` is the price the reader saw. Raises ``NotForSale``, ``PriceChanged``, or a ``CreditsRefused``
    after which nothing was spent.
    """
    price = price_of(page)
    if not price:
        raise NotForSale
    bought, _ = PageUnlock.objects.get_or_create(
        page=page, reader=reader, refunded_at=None, defaults={"page_title": page.title, "credits": price}
    )
    if bought.paid_at:
        return bought
    if agreed != price:
        raise PriceChanged
    return _pay(bought, reader, price)


def refund(*, bought: PageUnlock, by: Any) -> None:
    """Give the credits back and shut the page again; once, whatever is clicked twice.

    Where the ledger gave them back before, which leaves the page open, it is shut now.
    """
    if bought.entry_id is None:
        return
    with suppress(billing.MoreThanThereIs):
        billing.reverse(
            entry_id=bought.entry_id,
            key=f"{_key(bought)}-refund",
            reason=f"Refund of “{bought.page_title}”"[:200],
            by=by,
        )
    PageUnlock.objects.filter(pk=bought.pk, refunded_at=None).update(refunded_at=timezone.now())


def _pay(bought: PageUnlock, reader: Any, price: int) -> PageUnlock:
    """Spend under the row's key: a second click, or a retry after a crash, finds the same spend."""
    with transaction.atomic():
        row = PageUnlock.objects.select_for_update().get(pk=bought.pk)
        if row.paid_at:
            return row
        spent = billing.spend(
            customer=billing.note_payer(user=reader),
            amount=Decimal(price),
            key=f"{_key(row)}-{price}",
            reference=f"page {row.page_id}: {row.page_title}"[:200],
        )
        row.credits, row.entry_id, row.paid_at = price, spent.entry_id, timezone.now()
        row.save(update_fields=["credits", "entry_id", "paid_at"])
    if row.page_id:
        count(row.page_id, "unlocks")
    return row


def _key(bought: PageUnlock) -> str:
    return f"page-unlock-{bought.pk}"
