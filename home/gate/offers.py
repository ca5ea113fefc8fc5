"""What a reader who may not read on is told: what is missing, why, and what opens it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from billing import api as billing
from home.gate.access import Access, Reader, ask
from home.gate.audience import Audience
from home.gate.sections import rule_of

MEMBERS_LABEL = "Members"
CLOSED_LABEL = "Closed"


def lock_label(access: Access) -> str:
    """The one or two words on a locked page in a list; empty where the reader may read it."""
    if access.allowed:
        return ""
    if access.decision and access.decision.upgrade_to:
        return access.decision.upgrade_to.name
    if _signing_in_helps(access):
        return MEMBERS_LABEL
    return price_label(access.rule.credits) if access.rule.credits else CLOSED_LABEL


def refusal_for(access: Access, *, path: str, page: Any = None) -> billing.Refusal:
    """The words of the paywall for somebody refused at ``path``, where they come back to afterwards.

    With the ``page``, they may unlock it where its rule names a price.
    """
    if access.unread and access.decision:
        return _to_open(access.decision, path)
    unlock = _unlock_address(page, path) if access.rule.credits and page else ""
    if access.rule.audience is Audience.CREDITS and unlock:
        return _for_credits(access.rule.credits, unlock)
    if access.decision:
        refusal = billing.explain(access.decision, came_from=path)
        return _with_price(refusal, access.rule.credits, unlock) if unlock else refusal
    return _for_members(path) if _signing_in_helps(access) else _for_nobody()


def way_in(page: Any, reader: Reader, price: Decimal) -> billing.Decision:
    """What opens the page to this reader for ``price`` credits, or a plan where one does.

    A page that no plan opens has no feature: its name stands for the feature's.
    """
    decision = ask(reader, rule_of(page)).decision
    if decision and not decision.allowed:
        return replace(decision, unlock_with=price)
    return billing.Decision(
        allowed=False,
        feature="",
        feature_name=page.title,
        reason=billing.Reason.NOT_IN_PLAN,
        unlock_with=price,
    )


def reading_note(access: Access) -> str:
    """What a reader within a quota is told beside what they read; nothing where there is no quota."""
    decision = access.decision
    if not access.rule.is_quota or not access.allowed or decision is None or decision.limit is None:
        return ""
    left = f"You can read {decision.remaining} more." if decision.remaining else "It is the last one for now."
    many = f"one of your {decision.limit} {decision.unit or 'pages'}" if decision.limit > 1 else "yours"
    what = f"This page is {many}, and stays open to you."
    return f"{what} {left}{billing.renewal(decision)}"


def price_label(price: int) -> str:
    """So many credits, in words."""
    return "1 credit" if price == 1 else f"{price} credits"


def sign_in_address(path: str) -> str:
    """Where to sign in and come back to ``path``."""
    return _with_next("account_login", path)


def _signing_in_helps(access: Access) -> bool:
    if access.decision:
        return access.decision.signing_in_is_enough
    return access.rule.audience is Audience.MEMBERS


def _to_open(decision: billing.Decision, path: str) -> billing.Refusal:
    return billing.Refusal(
        title="Open the page to read on",
        reason=f"It counts, and you have {decision.remaining} left.",
        action_href=path,
        action_label="Read it",
    )


def _for_credits(price: int, unlock: str) -> billing.Refusal:
    return billing.Refusal(
        title=f"Unlock this page for {price_label(price)}",
        reason="You pay once and keep the page, whatever it costs later. We ask before anything is spent.",
        plan_name=price_label(price),
        action_href=unlock,
        action_label=f"Unlock for {price_label(price)}",
    )


def _with_price(refusal: billing.Refusal, price: int, unlock: str) -> billing.Refusal:
    return replace(
        refusal, alternative_href=unlock, alternative_label=f"Unlock this page for {price_label(price)}"
    )


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


def _unlock_address(page: Any, path: str) -> str:
    address = reverse("home:unlock", kwargs={"page_id": page.alias_of_id or page.pk})
    return f"{address}?{urlencode({'next': path})}"


def _with_next(name: str, path: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': path})}"
