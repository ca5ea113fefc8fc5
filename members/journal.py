"""What happened to whose account, as log lines that name nobody: they give the account's number."""

import logging
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_out
from django.dispatch import Signal

logger = logging.getLogger(__name__)

EVENTS: dict[Signal, str] = {
    account.user_signed_up: "signed up",
    account.user_logged_in: "signed in",
    user_logged_out: "signed out",
    account.password_set: "set a password",
    account.password_changed: "changed the password",
    account.password_reset: "reset the password",
    account.email_changed: "confirmed a new e-mail address",
    mfa.authenticator_added: "added a second factor",
    mfa.authenticator_removed: "removed a second factor",
    mfa.authenticator_reset: "made new recovery codes",
    mfa.authentication_failed: "gave a wrong second factor",
}


def record(signal: Signal, user: Any = None, authenticator: Any = None, **_: Any) -> None:
    """Write one line: who (by number), what, and with which kind of second factor."""
    if user is None:
        return
    what = EVENTS[signal]
    if authenticator is not None:
        what = f"{what} ({authenticator.type})"
    logger.info("Account %s %s", user.pk, what)


def connect() -> None:
    """Listen to every event of the table; called once when the apps are ready."""
    for signal in EVENTS:
        signal.connect(record, dispatch_uid="members.journal")
