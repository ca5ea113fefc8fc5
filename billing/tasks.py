"""Gathers the jobs of the subpackages: Procrastinate looks for a module of this name in every app."""

from billing.audits.tasks import compare_with_stripe
from billing.checkout.tasks import look_for_expiring_cards
from billing.credits.tasks import (
    audit_credits,
    look_after_balance,
    look_after_low_balances,
    tell_of_expiring_credits,
)
from billing.customers.tasks import send_email_to_stripe
from billing.invoices.tasks import make_invoice_archive, send_reminders, throw_old_archives_away
from billing.notices.tasks import look_for_unsure_mails, send_alert, send_notice
from billing.publishing.tasks import look_for_drift, publish_catalog
from billing.subscriptions.moving.tasks import go_on_with_moves, run_move
from billing.webhooks.tasks import compare_catalog, prune_events, reconcile, sweep_inbox, trace

__all__ = [
    "audit_credits",
    "compare_catalog",
    "compare_with_stripe",
    "go_on_with_moves",
    "look_after_balance",
    "look_after_low_balances",
    "look_for_drift",
    "look_for_expiring_cards",
    "look_for_unsure_mails",
    "make_invoice_archive",
    "prune_events",
    "publish_catalog",
    "reconcile",
    "run_move",
    "send_alert",
    "send_email_to_stripe",
    "send_notice",
    "send_reminders",
    "sweep_inbox",
    "tell_of_expiring_credits",
    "throw_old_archives_away",
    "trace",
]
