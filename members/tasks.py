"""What is tidied up every night."""

import logging

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate.contrib.django import app

from billing.api import StripeFailure
from members.closing import close_account
from members.models import CustomUser

logger = logging.getLogger(__name__)


@app.periodic(cron="23 3 * * *")
@app.task(queue="members", queueing_lock="forget-sessions")
def forget_ended_sessions(timestamp: int) -> None:
    """Delete sessions that ran out, and what was known of their devices: addresses are personal data."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


@app.periodic(cron="7 4 * * *")
@app.task(queue="members", queueing_lock="close-accounts")
def close_due_accounts(timestamp: int) -> None:
    """Close the accounts whose fourteen days are over; where Stripe is silent, the next night goes on."""
    for person in CustomUser.objects.filter(closing_at__lte=timezone.now(), closed_at=None):
        try:
            close_account(person)
        except StripeFailure as failure:
            logger.warning("Account %s could not be closed yet: %s", person.pk, failure)
