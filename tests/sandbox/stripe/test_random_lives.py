"""Random lives of customers: whatever happens in whatever order, the books stay in balance."""

import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.stripe import Sandbox, answers, contract
from sandbox.stripe.errors import ApiError
from tests.factories.stripe import ASKS_ALWAYS, DECLINED, FAILS_LATER, NOON, VISA, Shop

steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 45)),
        st.tuples(st.just("buy"), st.sampled_from([VISA, DECLINED, FAILS_LATER, ASKS_ALWAYS])),
        st.tuples(st.just("try"), st.integers(0, 20)),
        st.tuples(st.just("change"), st.sampled_from(["none", "create_prorations", "always_invoice"])),
        st.tuples(st.just("end"), st.booleans()),
        st.tuples(st.just("pay"), st.just("pm_card_visa")),
        st.tuples(st.just("refund"), st.integers(1, 3000)),
    ),
    min_size=3,
    max_size=14,
)


class Life:
    """One customer who may do anything the API lets them."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(now=NOON, seed=3)
        self.sandbox.observers.append(contract.check)
        self.shop = Shop(self.sandbox)
        self.customer = self.shop.customer().id
        monthly, yearly = self.shop.price(1900), self.shop.price(19000, "year")
        self.prices = [monthly, yearly, self.shop.price(3900)]

    def live(self, step: str, how: object) -> None:
        try:
            getattr(self, step)(how)
        except (stripe.CardError, stripe.InvalidRequestError, ApiError):
            """A refusal is part of life; what matters is what it leaves behind."""

    def wait(self, days: int) -> None:
        self.sandbox.advance(days=days)

    def buy(self, card: str) -> None:
        self.sandbox.complete_checkout(
            self.shop.session(self.prices[0], customer=self.customer).id, card=card
        )

    def try_(self, days: int) -> None:
        data = {"subscription_data": {"trial_period_days": days}} if days else {}
        session = self.shop.session(self.prices[1], customer=self.customer, **data)
        self.sandbox.complete_checkout(session.id, card=FAILS_LATER)

    def change(self, behavior: str) -> None:
        for made in self.shop.stripe.v1.subscriptions.list({"customer": self.customer}).data[:1]:
            item = made["items"].data[0]
            other = next(price for price in self.prices[::-1] if price.id != item.price.id)
            items = [{"id": item.id, "price": other.id}]
            self.shop.stripe.v1.subscriptions.update(
                made.id, {"items": items, "proration_behavior": behavior}
            )

    def end(self, now: bool) -> None:
        for made in self.shop.stripe.v1.subscriptions.list({"customer": self.customer}).data[:1]:
            if now:
                self.shop.stripe.v1.subscriptions.cancel(made.id)
            else:
                self.shop.stripe.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})

    def pay(self, card: str) -> None:
        for invoice in self.shop.stripe.v1.invoices.list({"customer": self.customer, "status": "open"}).data:
            self.shop.stripe.v1.invoices.pay(invoice.id, {"payment_method": card})

    def refund(self, amount: int) -> None:
        for charge in self.shop.stripe.v1.charges.list({"customer": self.customer, "limit": 1}).data:
            self.shop.stripe.v1.refunds.create({"charge": charge.id, "amount": amount})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_the_books_balance_after_any_life(life_steps: list[tuple[str, object]]) -> None:
    life = Life()
    for step, how in life_steps:
        life.live("try_" if step == "try" else step, how)
    sandbox = life.sandbox
    invoices, charges = sandbox.find("invoice"), sandbox.find("charge")
    taken = sum(charge["amount"] for charge in charges if charge["paid"])
    assert taken == sum(invoice["amount_paid"] for invoice in invoices)
    for invoice in invoices:
        assert invoice["subtotal"] == sum(line["amount"] for line in invoice["lines"]["data"])
        if invoice["status"] == "paid":
            assert (invoice["amount_paid"], invoice["amount_remaining"]) == (invoice["amount_due"], 0)
        assert not (invoice["status"] == "open" and invoice["amount_due"] == 0)
    final = [invoice for invoice in invoices if invoice["status"] != "draft"]
    owed = sum(invoice["total"] - invoice["amount_due"] for invoice in final)
    customer = sandbox.find("customer")[0]
    assert customer["balance"] == owed
    events = sandbox.find("event")
    assert [event["created"] for event in events] == sorted(event["created"] for event in events)
    assert [fault for event in events for fault in answers.faults(event)] == []
    for made in sandbox.find("subscription"):
        ends = [item["current_period_end"] for item in made["items"]["data"]]
        assert made["status"] in ("canceled", "incomplete_expired", "past_due") or min(ends) > sandbox.now
