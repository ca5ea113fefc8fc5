"""The usual ways to spend credits in Django, on lean tables of their own: what ours is measured beside."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone


class BareAccount(models.Model):
    """A balance and nothing else."""

    balance = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return str(self.pk)


class BareLot(models.Model):
    """Credits that end together."""

    account = models.ForeignKey(BareAccount, on_delete=models.CASCADE)
    remaining = models.DecimalField(max_digits=18, decimal_places=4)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return str(self.pk)


class BareEntry(models.Model):
    """A line of history."""

    account = models.ForeignKey(BareAccount, on_delete=models.CASCADE)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "benchmarks"
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="bare_entry_once")]

    def __str__(self) -> str:
        return self.key


class BareAllocation(models.Model):
    """Which lot paid."""

    entry = models.ForeignKey(BareEntry, on_delete=models.CASCADE)
    lot = models.ForeignKey(BareLot, on_delete=models.CASCADE)
    amount = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return str(self.pk)


TABLES = (BareAccount, BareLot, BareEntry, BareAllocation)


@contextmanager
def peer_account() -> Iterator[int]:
    """The tables, with one account that has one lot, for the length of a ``with`` block."""
    with connection.schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)
    try:
        account = BareAccount.objects.create(balance=10**9)
        BareLot.objects.create(account=account, remaining=10**9)
        yield account.pk
    finally:
        with connection.schema_editor() as editor:
            for table in reversed(TABLES):
                editor.delete_model(table)


def bare_spend(account_id: int, key: str) -> None:
    """The least that is correct for a balance: a guarded update and a line, in one transaction. No lots."""
    with transaction.atomic():
        done = BareAccount.objects.filter(pk=account_id, balance__gte=1).update(balance=F("balance") - 1)
        if not done:
            raise ValueError("not enough credits")
        BareEntry.objects.create(account_id=account_id, amount=-1, key=key)


def waterfall_spend(account_id: int, key: str) -> None:
    """Lots the usual way: lock the account and its lots, walk them in Python, save what changed."""
    with transaction.atomic():
        account = BareAccount.objects.select_for_update().get(pk=account_id)
        if BareEntry.objects.filter(account=account, key=key).exists():
            return
        lots = BareLot.objects.select_for_update().filter(account=account, remaining__gt=0)
        entry = BareEntry.objects.create(account=account, amount=-1, key=key)
        left = Decimal(1)
        for lot in lots.order_by(F("expires_at").asc(nulls_last=True), "pk"):
            part = min(lot.remaining, left)
            lot.remaining -= part
            lot.save(update_fields=["remaining"])
            BareAllocation.objects.create(entry=entry, lot=lot, amount=-part)
            left -= part
            if not left:
                break
        account.balance -= 1
        account.save(update_fields=["balance"])
