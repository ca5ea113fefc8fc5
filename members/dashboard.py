"""What a signed-in person sees first: where they stand, and what to do next."""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.urls import reverse

from billing.api import (
    Balance,
    SubscriptionSummary,
    balance,
    current_subscription,
    entitlements_for,
    format_money,
)
from members.admin_access import SECOND_FACTORS
from members.models import CustomUser

PLANS = "/pricing/"  # a page that editors write; its address is part of the site's promise


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that makes the account complete; ``label`` names the link that does it."""

    title: str
    text: str
    url: str
    label: str
    done: bool


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything the page shows. ``price``: what the subscription costs per interval, as text."""

    subscription: SubscriptionSummary | None
    free_plan: str
    price: str
    balance: Balance
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        """How many steps are behind them."""
        return sum(step.done for step in self.steps)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.done == len(self.steps)


def dashboard_of(user: CustomUser) -> Dashboard:
    """Read it for one person: one query about the plan, one about second factors, two about credits."""
    subscription = current_subscription(user)
    return Dashboard(
        subscription=subscription,
        free_plan="" if subscription else entitlements_for(user).plan_name,
        price=_price(subscription),
        balance=balance(user),
        steps=tuple(_steps(user, subscription)),
    )


def _price(subscription: SubscriptionSummary | None) -> str:
    return format_money(subscription.amount, subscription.currency, short=True) if subscription else ""


def _steps(user: CustomUser, subscription: SubscriptionSummary | None) -> Iterator[Step]:
    yield Step(
        title="Confirm your e-mail address",
        text="We know that our mail reaches you.",
        url=reverse("account_email"),
        label="Change it",
        done=True,  # nobody signs in before
    )
    yield Step(
        title="Choose a plan",
        text="It opens the premium articles and everything else the plan names.",
        url=PLANS,
        label="Compare plans",
        done=subscription is not None,
    )
    yield Step(
        title="Turn on two-factor sign-in",
        text="An authenticator app or a passkey, so that a stolen password alone opens nothing.",
        url=reverse("mfa_index"),
        label="Set it up",
        done=Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists(),
    )
    yield Step(
        title="Tell us your name",
        text="We would rather greet you by it than by your address.",
        url=reverse("members:settings"),
        label="Add it",
        done=bool(user.get_full_name()),
    )
