"""What a signed-in person sees first: where they stand, and what to do next."""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.urls import reverse

from members.admin_access import SECOND_FACTORS
from members.models import CustomUser


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
    """Everything the page shows."""

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
    """Read it for one person."""
    return Dashboard(steps=tuple(_steps(user)))


def _steps(user: CustomUser) -> Iterator[Step]:
    yield Step(
        title="Confirm your e-mail address",
        text="We know that mail reaches you.",
        url=reverse("account_email"),
        label="Change it",
        done=True,  # nobody signs in before
    )
    yield Step(
        title="Turn on two-step sign-in",
        text="An authenticator app or a passkey, so that a stolen password alone opens nothing.",
        url=reverse("mfa_index"),
        label="Set it up",
        done=Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists(),
    )
    yield Step(
        title="Tell us your name",
        text="We would rather greet you by it than by your address.",
        url=reverse("members:settings"),
        label="Write it down",
        done=bool(user.get_full_name()),
    )
