"""A refusal in words: what is closed, why, and the way in."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import resolve_url
from django.utils.formats import date_format

from billing.credits.errors import InsufficientCredits
from billing.credits.telling import credits_in_words, in_figures
from billing.entitlements.decisions import Decision, Reason
from billing.entitlements.offers import PlanOffer


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a page says in place of what is closed; the names are those of ``components/paywall.html``."""

    title: str
    reason: str
    plan_name: str = ""
    price: str = ""
    action_href: str = ""
    action_label: str = ""
    alternative_href: str = ""
    alternative_label: str = ""
    secondary_text: str = ""
    secondary_href: str = ""
    secondary_label: str = ""
    benefits: tuple[str, ...] = ()


def renewal(decision: Decision) -> str:
    """When counting starts again, as a sentence that follows another; nothing where it never does."""
    if decision.renews_at is None:
        return ""
    return f" Counting starts again on {date_format(decision.renews_at, 'j F')}."


def explain(decision: Decision, *, came_from: str) -> Refusal:
    """Turn a refusing decision into words. ``came_from``: the path to return to afterwards."""
    if decision.reason == Reason.SIGN_IN:
        return _to_a_visitor(decision, came_from)
    if decision.reason == Reason.NOT_OPEN:
        return Refusal(
            title=f"{decision.feature_name} is not open at the moment",
            reason="We have closed it for now, whatever the plan. Nothing is lost; please come back later.",
        )
    return _to_a_member(decision, came_from)


def explain_short(decision: Decision, missing: InsufficientCredits, *, came_from: str) -> Refusal:
    """What somebody is told whose credits are too few: the way to more, and the plan that needs none."""
    offer = decision.upgrade_to
    includes = f", or choose {offer.name}, which includes it" if offer else ""
    return Refusal(
        title=f"This takes {credits_in_words(missing.needed)}, and you have {in_figures(missing.available)}",
        reason=f"Nothing was spent. Get more credits to go on{includes}.",
        plan_name=credits_in_words(missing.needed),
        action_href=_with_next(resolve_url("billing:credits"), came_from),
        action_label="Get credits",
        alternative_href=_with_next(offer.url, came_from) if offer else "",
        alternative_label=f"Get {offer.name} for {offer.price}" if offer else "",
        secondary_href=came_from,
        secondary_label="Back to where you were",
    )


def _to_a_visitor(decision: Decision, came_from: str) -> Refusal:
    sign_in = _with_next(resolve_url(settings.LOGIN_URL), came_from)
    offer = decision.upgrade_to
    if offer is None and not decision.signing_in_is_enough:
        return Refusal(
            title=f"{decision.feature_name} is not on sale at the moment",
            reason="It belongs to a plan that nobody new can choose just now. If you have it, sign in.",
            action_href=sign_in,
            action_label="Sign in",
        )
    if offer is None:
        return Refusal(
            title="Sign in to go on",
            reason=f"{_for_members(decision)} Sign in, or create an account: it is free.",
            action_href=sign_in,
            action_label="Sign in",
            secondary_text="No account yet?",
            secondary_href=_with_next(resolve_url("account_signup"), came_from),
            secondary_label="Create one.",
        )
    return Refusal(
        title=f"{decision.feature_name} is part of {offer.name}",
        reason=f"Choose {offer.name} to go on here, for {offer.price}{_trial(offer)}.",
        plan_name=offer.name,
        price=offer.price,
        action_href=_with_next(offer.url, came_from),
        action_label=f"Get {offer.name}",
        secondary_text="Do you have it already?",
        secondary_href=sign_in,
        secondary_label="Sign in.",
        benefits=offer.highlights,
    )


def _for_members(decision: Decision) -> str:
    if decision.limit is None or not decision.period:
        return f"{decision.feature_name} is open to members."
    return f"{decision.feature_name}: members have {decision.limit} for nothing."


def _so_many(decision: Decision) -> str:
    """The limit with its unit; units are kept in the plural, so one of them stands alone."""
    return (
        f"{decision.limit} {decision.unit}" if decision.unit and decision.limit != 1 else str(decision.limit)
    )


def _to_a_member(decision: Decision, came_from: str) -> Refusal:
    title, cause = _cause(decision)
    offer = decision.upgrade_to
    if offer is None:
        return Refusal(
            title=title,
            reason=f"{cause} No plan on sale has more: write to {settings.SUPPORT_EMAIL} and we will help.",
        )
    return Refusal(
        title=title,
        reason=f"{cause} {offer.name} gives you more, for {offer.price}{_trial(offer)}.",
        plan_name=offer.name,
        price=offer.price,
        action_href=_with_next(offer.url, came_from),
        action_label=f"Get {offer.name}",
        benefits=offer.highlights,
    )


def _cause(decision: Decision) -> tuple[str, str]:
    name = decision.feature_name
    if decision.reason == Reason.LIMIT_REACHED:
        return f"{name}: the limit is reached", _used_up(decision)
    return f"{name} is not in your plan", "What you see here belongs to another plan than yours."


def _used_up(decision: Decision) -> str:
    if not decision.used:
        return f"Your plan gives {decision.limit} and this needs more."
    return f"You have used {decision.used} of {_so_many(decision)}.{renewal(decision)}"


def _trial(offer: PlanOffer) -> str:
    return f": the first {offer.trial_days} days are free" if offer.trial_days else ""


def _with_next(url: str, came_from: str) -> str:
    return f"{url}?{urlencode({'next': came_from})}"
