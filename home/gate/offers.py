"""What a reader who may not read on is told: what is missing, why, and what opens it."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from billing import api as billing
from home.gate.access import Access
from home.gate.audience import Audience

MEMBERS_LABEL = "Members"
CLOSED_LABEL = "Closed"


def lock_label(access: Access) -> str:
    """The one or two words on a locked page in a list; empty where the reader may read it."""
    if access.allowed:
        return ""
    if access.decision and access.decision.upgrade_to:
        return access.decision.upgrade_to.name
    return MEMBERS_LABEL if _signing_in_helps(access) else CLOSED_LABEL


def refusal_for(access: Access, *, path: str) -> billing.Refusal:
    """The words of the paywall for somebody refused at ``path``, where they come back to afterwards."""
    if access.decision:
        return billing.explain(access.decision, came_from=path)
    return _for_members(path) if _signing_in_helps(access) else _for_nobody()


def sign_in_address(path: str) -> str:
    """Where to sign in and come back to ``path``."""
    return _with_next("account_login", path)


def _signing_in_helps(access: Access) -> bool:
    if access.decision:
        return access.decision.signing_in_is_enough
    return access.rule.audience is Audience.MEMBERS


def _for_members(path: str) -> billing.Refusal:
    return billing.Refusal(
        title="Read on as a member",
        reason="This part is for members. An account is free and takes a minute.",
        plan_name=MEMBERS_LABEL,
        action_href=_with_next("account_signup", path),
        action_label="Create an account",
        secondary_text="Have an account?",
        secondary_href=sign_in_address(path),
        secondary_label="Sign in.",
    )


def _for_nobody() -> billing.Refusal:
    return billing.Refusal(
        title="This part is closed for now",
        reason="What it takes to read it is not on offer at the moment. Write to us if you need it.",
        plan_name=CLOSED_LABEL,
        action_href=f"mailto:{settings.SUPPORT_EMAIL}",
        action_label="Write to us",
    )


def _with_next(name: str, path: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': path})}"
