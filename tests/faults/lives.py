"""What customers, banks and our staff may do at Stripe, in any order; nonsense is refused there."""

from collections.abc import Callable
from typing import Any, TypeVar

import stripe

GOOD, FAILING = "pm_card_visa", "pm_card_chargeCustomerFail"
ENDED = ("canceled", "incomplete_expired")

Answer = TypeVar("Answer")


class Life:
    """One customer's life at Stripe. ``prices`` are those of our plans."""

    def __init__(self, client: stripe.StripeClient, customer_id: str, prices: list[str]) -> None:
        self.v1 = client.v1
        self.customer_id = customer_id
        self.prices = prices

    def subscribe(self, *, plan: int = 0, trial_days: int = 0) -> None:
        """Buy a plan, unless there is one."""
        if self._living() is None:
            if not self._cards():
                self._use_card(GOOD)
            item = {"price": self.prices[plan % len(self.prices)]}
            end = {"missing_payment_method": "pause"}
            trial = {"trial_period_days": trial_days, "trial_settings": {"end_behavior": end}}
            self._try(
                lambda: self.v1.subscriptions.create(
                    {"customer": self.customer_id, "items": [item], **(trial if trial_days else {})}
                )
            )

    def let_the_card_fail(self) -> None:
        """From now on the bank says no."""
        self._use_card(FAILING)

    def mend_the_card(self) -> None:
        """Use a good card, and pay what is open with it."""
        card = self._use_card(GOOD)
        for invoice in self._list(self.v1.invoices, status="open"):
            self._try(lambda invoice=invoice: self.v1.invoices.pay(invoice.id, {"payment_method": card}))

    def change_plan(self) -> None:
        """Take the other plan, at once, with proration."""
        self._with_plan(self._change)

    def cancel_at_the_end(self) -> None:
        """Let the plan end with the paid time."""
        self._update({"cancel_at_period_end": True})

    def keep(self) -> None:
        """Take the cancellation back."""
        self._update({"cancel_at_period_end": False})

    def cancel_now(self) -> None:
        """End the plan at once."""
        self._with_plan(lambda plan: self.v1.subscriptions.cancel(plan.id))

    def pause(self) -> None:
        """Bill nothing for a while."""
        self._update({"pause_collection": {"behavior": "void"}})

    def resume(self) -> None:
        """Bill again; a trial that ended without a card goes on."""
        self._update({"pause_collection": ""})
        self._with_plan(lambda plan: self.v1.subscriptions.resume(plan.id, {}))

    def refund(self) -> None:
        """Give the last payment back."""
        charges = self._list(self.v1.charges)
        if charges:
            self._try(lambda: self.v1.refunds.create({"charge": charges[0].id}))

    def leave(self) -> None:
        """Be deleted at Stripe."""
        self._try(lambda: self.v1.customers.delete(self.customer_id))

    def _change(self, plan: Any) -> None:
        [item, *_] = plan["items"].data
        other = next(price for price in self.prices if price != item.price.id)
        self.v1.subscriptions.update(plan.id, {"items": [{"id": item.id, "price": other}]})

    def _update(self, params: dict[str, Any]) -> None:
        self._with_plan(lambda plan: self.v1.subscriptions.update(plan.id, params))

    def _with_plan(self, act: Callable[[Any], Any]) -> None:
        plan = self._living()
        if plan:
            self._try(lambda: act(plan))

    def _living(self) -> Any:
        found = self._list(self.v1.subscriptions, status="all")
        return next((plan for plan in found if plan.status not in ENDED), None)

    def _cards(self) -> list[Any]:
        return self._list(self.v1.payment_methods, type="card")

    def _use_card(self, name: str) -> str:
        card = self._try(lambda: self.v1.payment_methods.attach(name, {"customer": self.customer_id}))
        if card is None:
            return ""
        default = {"invoice_settings": {"default_payment_method": card.id}}
        self._try(lambda: self.v1.customers.update(self.customer_id, default))
        return str(card.id)

    def _list(self, resource: Any, **which: Any) -> list[Any]:
        params = {"customer": self.customer_id, "limit": 100, **which}
        return getattr(self._try(lambda: resource.list(params)), "data", [])

    def _try(self, ask: Callable[[], Answer]) -> Answer | None:
        try:
            return ask()
        except (stripe.InvalidRequestError, stripe.CardError):
            return None


ACTS: tuple[Callable[[Life], None], ...] = (
    Life.subscribe,
    Life.let_the_card_fail,
    Life.mend_the_card,
    Life.change_plan,
    Life.cancel_at_the_end,
    Life.keep,
    Life.cancel_now,
    Life.pause,
    Life.resume,
    Life.refund,
)
