"""Subscription schedules: changes planned ahead, phase by phase."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.agenda import action
from sandbox.stripe.billing import phases, subscribing
from sandbox.stripe.errors import ApiError, invalid_param, missing_param
from sandbox.stripe.metadata import merged
from sandbox.stripe.objects.subscription_updates import alive
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World, follows

KIND = "subscription_schedule"
_MOMENTS = ("canceled_at", "completed_at", "released_at")


@route("POST", "/v1/subscription_schedules", "SubscriptionScheduleCreateParams")
def create(world: World, params: Params) -> Obj:
    """Plan phases for a running subscription, or for one that begins now or later."""
    running = params.take("from_subscription")
    if running:
        return _from_subscription(world, params, alive(world, running))
    customer = world.fetch("customer", params.need("customer"), "customer")
    with world.on_clock_of(customer):
        start = params.take("start_date", "now")
        begin = world.now if start == "now" else int(start)
        planned = phases.read(world, params.each("phases"), begin)
        if not planned:
            raise missing_param("phases")
        schedule = world.create(_schedule(world, params, customer["id"], planned), f"{KIND}.created")
        if begin <= world.now:
            _start(world, schedule)
        else:
            world.plan(schedule["id"], "schedule.start", begin)
        return schedule


def _schedule(world: World, params: Params, customer_id: str, planned: list[Obj], **fields: Any) -> Obj:
    return blank(
        KIND,
        id=world.ids.new("sub_sched"),
        billing_mode={"type": "flexible", "flexible": {"proration_discounts": "included"}},
        customer=customer_id,
        default_settings={
            **dict.fromkeys(
                (
                    "application_fee_percent",
                    "billing_thresholds",
                    "collection_method",
                    "default_payment_method",
                    "description",
                    "on_behalf_of",
                    "transfer_data",
                )
            ),
            "billing_cycle_anchor": "automatic",
            "invoice_settings": {"account_tax_ids": None, "days_until_due": None, "issuer": {"type": "self"}},
        },
        end_behavior=params.take("end_behavior", "release"),
        metadata=merged(params),
        phases=planned,
        status="not_started",
        **fields,
    )


def _from_subscription(world: World, params: Params, subscription: Obj) -> Obj:
    if subscription["schedule"]:
        raise ApiError("You cannot migrate a subscription that is already attached to a schedule.")
    with world.on_clock_of(subscription):
        items = subscribing.items_of(world, subscription)
        entries = [phases.item_of(i["price"], i.get("quantity"), i["metadata"]) for i in items]
        first = phases.phase_of(
            entries,
            currency=subscription["currency"],
            start=items[0]["current_period_start"],
            end=items[0]["current_period_end"],
        )
        schedule = _schedule(world, params, subscription["customer"], [first])
        schedule.update(status="active", subscription=subscription["id"], current_phase=_span(first))
        world.create(schedule, f"{KIND}.created")
        world.change(subscription, "customer.subscription.updated", schedule=schedule["id"])
        world.plan(schedule["id"], "schedule.next", first["end_date"])
        return schedule


def _span(phase: Obj) -> Obj:
    return {"start_date": phase["start_date"], "end_date": phase["end_date"]}


@action("schedule.start")
def start(world: World, schedule_id: str) -> None:
    """The planned beginning has come."""
    _start(world, world.fetch(KIND, schedule_id))


def _start(world: World, schedule: Obj) -> None:
    first = schedule["phases"][0]
    customer = world.fetch("customer", schedule["customer"])
    subscription = phases.begin(world, customer, first, schedule=schedule["id"])
    fields = {"status": "active", "subscription": subscription["id"], "current_phase": _span(first)}
    world.change(schedule, f"{KIND}.updated", **fields)
    world.plan(schedule["id"], "schedule.next", first["end_date"])


@action("schedule.next")
def next_phase(world: World, schedule_id: str) -> None:
    """A phase is over: enter the next, or end as planned."""
    schedule = world.fetch(KIND, schedule_id)
    subscription = world.fetch("subscription", schedule["subscription"])
    coming = [phase for phase in schedule["phases"] if phase["end_date"] > world.now]
    if coming:
        world.change(schedule, f"{KIND}.updated", current_phase=_span(coming[0]))
        world.plan(schedule_id, "schedule.next", coming[0]["end_date"])
        phases.enter(world, subscription, coming[0])
    elif schedule["end_behavior"] == "cancel":
        fields = {"status": "completed", "completed_at": world.now, "current_phase": None}
        world.change(schedule, None, **fields)
        world.emit(f"{KIND}.completed", schedule)
        subscribing.end(world, subscription)
    else:
        _release(world, schedule)


def _release(world: World, schedule: Obj) -> Obj:
    world.agenda.cancel(schedule["id"])
    subscription_id = schedule["subscription"]
    fields = {"status": "released", "released_at": world.now, "released_subscription": subscription_id}
    world.change(schedule, None, subscription=None, current_phase=None, **fields)
    world.emit(f"{KIND}.released", schedule)
    if subscription_id:
        subscription = world.fetch("subscription", subscription_id)
        world.change(subscription, "customer.subscription.updated", schedule=None)
    return schedule


@route("GET", "/v1/subscription_schedules/:id", "SubscriptionScheduleRetrieveParams")
def retrieve(world: World, params: Params, schedule_id: str) -> Obj:
    """One schedule."""
    return world.fetch(KIND, schedule_id, name="subscription schedule")


@route("POST", "/v1/subscription_schedules/:id", "SubscriptionScheduleUpdateParams")
def update(world: World, params: Params, schedule_id: str) -> Obj:
    """Change the phases that have not ended; the present one must keep its beginning."""
    schedule = _open(world, schedule_id, "updated")
    with world.on_clock_of(schedule):
        fields = {"metadata": merged(params, schedule["metadata"]), **params.given("end_behavior")}
        params.ignore("proration_behavior")
        if "phases" in params:
            current = schedule["current_phase"] or schedule["phases"][0]
            planned = phases.read(world, params.each("phases"), current["start_date"])
            if planned[0]["start_date"] != current["start_date"]:
                raise invalid_param("The first phase must keep its start_date.", "phases[0][start_date]")
            fields["phases"] = planned
            if schedule["status"] == "active":
                fields["current_phase"] = _span(planned[0])
                world.plan(schedule_id, "schedule.next", planned[0]["end_date"])
        world.change(schedule, f"{KIND}.updated", **fields)
        if "phases" in fields and schedule["status"] == "active":
            subscription = world.fetch("subscription", schedule["subscription"])
            phases.enter(world, subscription, schedule["phases"][0])
        return schedule


@route("POST", "/v1/subscription_schedules/:id/release", "SubscriptionScheduleReleaseParams")
def release(world: World, params: Params, schedule_id: str) -> Obj:
    """Forget the plan; the subscription goes on as it is."""
    params.ignore("preserve_cancel_date")
    return _release(world, _open(world, schedule_id, "released"))


@route("POST", "/v1/subscription_schedules/:id/cancel", "SubscriptionScheduleCancelParams")
def cancel(world: World, params: Params, schedule_id: str) -> Obj:
    """Forget the plan and end the subscription now."""
    schedule = _open(world, schedule_id, "canceled")
    params.ignore("invoice_now", "prorate")
    if schedule["subscription"]:
        with world.on_clock_of(schedule):
            subscribing.end(world, world.fetch("subscription", schedule["subscription"]))
        return world.fetch(KIND, schedule_id)
    return _called_off(world, schedule)


@follows("customer.subscription.deleted")
def with_its_subscription(world: World, subscription: Obj) -> None:
    """A schedule ends with the subscription it steers."""
    if subscription["schedule"]:
        schedule = world.fetch(KIND, subscription["schedule"])
        if schedule["status"] in ("active", "not_started"):
            _called_off(world, schedule)


def _called_off(world: World, schedule: Obj) -> Obj:
    world.agenda.cancel(schedule["id"])
    world.change(schedule, None, status="canceled", canceled_at=world.now, current_phase=None)
    world.emit(f"{KIND}.canceled", schedule)
    return schedule


@route("GET", "/v1/subscription_schedules", "SubscriptionScheduleListParams")
def list_schedules(world: World, params: Params) -> Obj:
    """Schedules, newest first."""
    where = params.given("customer")
    if params.take("scheduled"):
        where["status"] = "not_started"
    return list_objects(world, KIND, "/v1/subscription_schedules", params, where, _MOMENTS)


def _open(world: World, schedule_id: str, verb: str) -> Obj:
    schedule = world.fetch(KIND, schedule_id, name="subscription schedule")
    if schedule["status"] not in ("active", "not_started"):
        raise ApiError(f"You cannot change a schedule that is {schedule['status']}: it can't be {verb}.")
    return schedule
