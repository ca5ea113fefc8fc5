"""Puts into the queue that a balance fell below what its owner waits for."""

from procrastinate.contrib.django import app

LOOK_AFTER = "billing.credits.tasks.look_after_balance"


def tell_of_low_balance(*, customer_id: int) -> None:
    """Have somebody look after this balance soon; joins the caller's transaction, where there is one."""
    app.configure_task(LOOK_AFTER, queue="billing").defer(customer_id=customer_id)
