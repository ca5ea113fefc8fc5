"""What a plan may be: the rules that its row and its content must keep together."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError

from billing.catalog.content import PlanContent
from billing.catalog.currencies import DECIMALS
from billing.catalog.limits import HIGHEST_AMOUNT, LONGEST_GRACE_DAYS, LONGEST_TRIAL_DAYS
from billing.catalog.models import Feature, Plan, PlanVersion

Problem = tuple[str, str]


def check_plan(plan: Plan, content: PlanContent) -> None:
    """Raise ``ValidationError`` with one message per field of ``plan`` or ``content`` that breaks a rule."""
    problems: dict[str, list[str]] = {}
    for field, message in (*_of_free_plan(plan, content), *_of_sale(plan, content), *_of_content(content)):
        problems.setdefault(field, []).append(message)
    if problems:
        raise ValidationError(problems)


def check_value(feature: Feature, value: int | None) -> None:
    """Raise ``ValidationError`` where ``value`` makes no sense for the kind of ``feature``."""
    if feature.kind == Feature.Kind.SWITCH and value is not None:
        raise ValidationError("A switch is simply given: leave the number empty, or take the feature away.")
    if feature.kind == Feature.Kind.METER and value is None:
        raise ValidationError("Say how many the plan includes. 0: all usage is counted as extra.")


def _of_free_plan(plan: Plan, content: PlanContent) -> Iterator[Problem]:
    if not plan.is_default:
        return
    if other := Plan.objects.filter(is_default=True).exclude(pk=plan.pk).first():
        yield (
            "is_default",
            f"“{other}” is the free plan now, and there is only one. Take the mark off there first.",
        )
    if content.prices:
        yield "is_default", "The free plan has no price. Remove the prices below, or take this mark off."
    if content.trial_days:
        yield "trial_days", "The free plan needs no trial: it never ends. Write 0."
    if plan.archived_at:
        yield "is_default", "This plan is archived. Restore it before it becomes the free plan."


def _of_sale(plan: Plan, content: PlanContent) -> Iterator[Problem]:
    if plan.is_public and not plan.is_default and not content.prices:
        yield "is_public", "Nobody can buy a plan without a price. Add one below, or hide the plan for now."
    if plan.is_public and plan.archived_at:
        yield "is_public", "This plan is archived. Restore it before you put it on the pricing page."
    if plan.badge and not plan.is_highlighted:
        yield "badge", "Only a recommended plan shows these words. Recommend it, or leave them empty."


def _of_content(content: PlanContent) -> Iterator[Problem]:
    if not 0 <= content.trial_days <= LONGEST_TRIAL_DAYS:
        yield "trial_days", f"Stripe allows trials of 0 to {LONGEST_TRIAL_DAYS} days."
    if not 0 <= content.grace_days <= LONGEST_GRACE_DAYS:
        yield "grace_days", f"A plan goes on unpaid for 0 to {LONGEST_GRACE_DAYS} days."
    yield from _of_credits(content)
    for (_, currency), amount in content.prices.items():
        if currency not in DECIMALS:
            yield "prices", f"“{currency}” is not a currency that Stripe takes."
        if not 0 < amount <= HIGHEST_AMOUNT:
            yield "prices", "A price is more than nothing, and has at most eight digits."


def _of_credits(content: PlanContent) -> Iterator[Problem]:
    is_capped = content.credits_rollover == PlanVersion.Rollover.CAPPED
    if content.credits_per_period < 0:
        yield "credits_per_period", "Credits cannot be fewer than none. Write 0."
    if content.credits_rollover != PlanVersion.Rollover.NONE and not content.credits_per_period:
        yield "credits_rollover", "No credits come with this plan, so none are left over. Choose the first."
    if is_capped and content.credits_cap <= 0:
        yield "credits_cap", "Say how many credits are carried over at most, or choose another rule."
    if not is_capped and content.credits_cap:
        yield "credits_cap", "This number counts only with a cap. Write 0, or choose “up to a cap”."
