"""What a moved customer is told: what changes, when, and what they pay; once, whatever is retried."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from billing.notices import topics
from billing.notices.services import notify
from billing.subscriptions.models import Subscription
from billing.subscriptions.moving.models import MovedSubscription, VersionMove
from billing.subscriptions.moving.preview import INCLUDED, NOTHING, Difference, differences
from billing.subscriptions.telling import day_of

EFFECTS = {
    "gain": "You get more: {things}.",
    "lose": "You get less: {things}.",
    "see a change": "Something works in another way: {things}.",
}


@dataclass
class Teller:
    """Tells the customers of one move; what differs is read once for all of them.

    Each call joins the caller's transaction, in which the step is noted. Where nobody notices anything, or
    the plan ends before the move, nobody is told.
    """

    move: VersionMove

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What the two versions give differently."""
        return tuple(differences(source=self.move.source, target=self.move.target))

    def tell(self, row: MovedSubscription, subscription: Subscription) -> None:
        """Tell of the move: before it where it waits for the end of a period, else with it."""
        if row.told_at is not None:
            return
        row.told_at = timezone.now()
        row.save(update_fields=["told_at"])
        if not self._is_noticed(row) or _ends_before(subscription, row):
            return
        plan = self.move.source.plan.name
        notify(
            user=subscription.customer.user,
            topic=topics.VERSION_MOVED.key,
            key=f"move:{row.reference}",
            context={
                "plan": plan,
                "when": self._when(row),
                "changes": self.changes(),
                "price": _price_in_words(row, subscription, plan=plan),
            },
        )

    def take_back(self, row: MovedSubscription, subscription: Subscription) -> None:
        """Tell that all stays, or is again, as it was, where somebody was told of the move."""
        if row.told_at is None or not self._is_noticed(row) or _ends_before(subscription, row):
            return
        notify(
            user=subscription.customer.user,
            topic=topics.MOVE_TAKEN_BACK.key,
            key=f"move-undone:{row.reference}",
            context={
                "plan": self.move.source.plan.name,
                "price": f"{row.from_price.formatted} {row.from_price.per}",
            },
        )

    def changes(self) -> str:
        """What differs, in one sentence per direction."""
        return " ".join(self._sentences()) or "What it includes stays the same."

    def _sentences(self) -> Iterator[str]:
        for effect, sentence in EFFECTS.items():
            things = [_thing(difference) for difference in self.differences if difference.effect == effect]
            if things:
                yield sentence.format(things=", ".join(things))

    def _is_noticed(self, row: MovedSubscription) -> bool:
        return bool(self.differences) or row.to_price_id is not None

    def _when(self, row: MovedSubscription) -> str:
        at_the_end = self.move.when == VersionMove.When.PERIOD_END
        return f"on {day_of(row.due_at)}" if at_the_end and row.due_at > timezone.now() else "today"


def _ends_before(subscription: Subscription, row: MovedSubscription) -> bool:
    return subscription.cancel_at is not None and subscription.cancel_at <= max(row.due_at, timezone.now())


def _thing(difference: Difference) -> str:
    """“Charts”; “5 people instead of 10 people”; “Seats: 5 instead of 10”."""
    if NOTHING in (difference.before, difference.after):
        return difference.name if difference.after in (NOTHING, INCLUDED) else difference.after
    name = f"{difference.name}: "
    after, before = (words.removeprefix(name) for words in (difference.after, difference.before))
    named = difference.after.startswith(name) or not difference.is_feature
    return f"{name if named else ''}{after} instead of {before}"


def _price_in_words(row: MovedSubscription, subscription: Subscription, *, plan: str) -> str:
    """What it costs from when on; whoever cancelled pays nothing more."""
    before = f"{row.from_price.formatted} {row.from_price.per}"
    if subscription.cancel_at is not None:
        return f"You cancelled {plan}, so nothing more is charged."
    if row.to_price is None:
        return f"You go on paying {before}."
    after, day = f"{row.to_price.formatted} {row.to_price.per}", day_of(subscription.current_period_end)
    return f"From your next payment on {day} you pay {after} instead of {before}."
