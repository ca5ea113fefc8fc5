"""What we ask Stripe about changes that are still to come: subscription schedules."""

from typing import TYPE_CHECKING, Any, cast

import stripe

from billing.gateway.client import ask

if TYPE_CHECKING:
    from stripe.params import SubscriptionScheduleUpdateParams

OVER = frozenset({"released", "canceled", "completed"})


def schedule_price(
    *, subscription_id: str, schedule_id: str, price_id: str, idempotency_key: str
) -> stripe.SubscriptionSchedule:
    """Let the subscription go over to ``price_id`` when its period ends; a schedule there is rewritten."""
    schedule = _existing(schedule_id) or _begin(subscription_id, idempotency_key)
    running = schedule.phases[0].to_dict()
    discounts = [{"discount": each["discount"]} for each in running["discounts"] if each.get("discount")]
    kept = {"discounts": discounts} if discounts else {}
    items = [{"price": _id_of(item["price"]), "quantity": item["quantity"] or 1} for item in running["items"]]
    now = {"items": items, "start_date": running["start_date"], "end_date": running["end_date"], **kept}
    then = {"items": [{"price": price_id, "quantity": 1}], **kept}
    params = cast("SubscriptionScheduleUpdateParams", {"end_behavior": "release", "phases": [now, then]})
    return ask(
        lambda client: client.v1.subscription_schedules.update(
            schedule.id, params, {"idempotency_key": f"{idempotency_key}-phases"}
        )
    )


def release_schedule(*, schedule_id: str) -> None:
    """Take a planned change back: the subscription stays as it is. One that is over already is left alone."""
    if _existing(schedule_id):
        ask(
            lambda client: client.v1.subscription_schedules.release(
                schedule_id, {}, {"idempotency_key": f"release-{schedule_id}"}
            )
        )


def _existing(schedule_id: str) -> stripe.SubscriptionSchedule | None:
    if not schedule_id:
        return None
    schedule = ask(lambda client: client.v1.subscription_schedules.retrieve(schedule_id))
    return None if schedule.status in OVER else schedule


def _begin(subscription_id: str, idempotency_key: str) -> stripe.SubscriptionSchedule:
    return ask(
        lambda client: client.v1.subscription_schedules.create(
            {"from_subscription": subscription_id}, {"idempotency_key": f"{idempotency_key}-begin"}
        )
    )


def _id_of(price: Any) -> str:
    return str(price["id"] if isinstance(price, dict) else price)
