"""Closing an account: asked for, undone for fourteen days, then anonymised for good."""

import logging
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from wagtail import hooks

from billing.api import close_payer, end_plan, forget_in_audit_log, forget_told, keep_plan, notify
from members.avatars import forget_file
from members.models import CustomUser

logger = logging.getLogger(__name__)

UNDO = timedelta(days=14)


def ask_to_close(user: CustomUser) -> None:
    """Begin the fourteen days: the plan ends with its period, everything else stays as it is until then.

    Safe to repeat. Raises a ``StripeFailure`` where the plan could not be ended; then nothing has begun.
    """
    if user.closing_at:
        return
    end_plan(user)
    with transaction.atomic():
        user.closing_at = timezone.now() + UNDO
        user.save(update_fields=["closing_at"])
        day = date_format(user.closing_at, "j F Y")
        key = f"closing:{user.pk}:{user.closing_at:%Y-%m-%d-%H%M%S}"
        notify(user=user, topic="account_closing", key=key, context={"day": day})


def keep_open(user: CustomUser) -> None:
    """Undo it within the fourteen days; a plan that still runs goes on. Raises a ``StripeFailure``."""
    if user.closing_at is None:
        return
    keep_plan(user)
    user.closing_at = None
    user.save(update_fields=["closing_at"])


def close_account(user: CustomUser) -> None:
    """End plans, forget cards, then replace everything that names the person. Cannot be undone.

    What the law wants kept stays: invoices, that somebody paid them, and what was done, by an alias. Stripe
    is asked first and without a lock; where it does not answer, a ``StripeFailure`` is raised and the next
    night goes on. Other apps forget what is theirs in the hook ``close_account``, called with the person.
    """
    close_payer(user)
    with transaction.atomic():
        EmailAddress.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        _end_sessions(user)
        forget_told(user)
        forget_file(user)
        for forget in hooks.get_hooks("close_account"):
            forget(user)
        user.groups.clear()
        email = user.email
        _anonymise(user)
        forget_in_audit_log(user_id=user.pk, email=email)
    logger.info("Account %s is closed", user.pk)


def _anonymise(user: CustomUser) -> None:
    user.email = f"closed-{user.pk}@closed.invalid"
    user.first_name = user.last_name = ""
    user.avatar = ""  # type: ignore[assignment]
    user.is_active = False
    user.last_login = None
    user.closed_at = timezone.now()
    user.set_unusable_password()
    user.save()


def _end_sessions(user: CustomUser) -> None:
    keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    UserSession.objects.filter(user=user).delete()
