"""Gathers the jobs of the subpackages: Procrastinate looks for a module of this name in every app."""

from billing.customers.tasks import send_email_to_stripe
from billing.webhooks.tasks import reconcile, sweep_inbox

__all__ = ["reconcile", "send_email_to_stripe", "sweep_inbox"]
