"""Billing meters: usage comes in as events and goes out as summaries and invoices."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.stripe.billing import metering, periods
from sandbox.stripe.errors import ApiError, invalid_param, missing_resource
from sandbox.stripe.paging import list_objects, list_values
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

KIND = "billing.meter"
OLDEST = 35 * periods.DAY
NEWEST = 5 * 60
DEDUPE = periods.DAY
_WINDOWS = {"hour": 3600, "day": periods.DAY}


@route("POST", "/v1/billing/meters", "billing.MeterCreateParams")
def create(world: World, params: Params) -> Obj:
    """Make a meter for events of one name."""
    name = params.need("event_name")
    if world.store.find(KIND, event_name=name, status="active"):
        raise ApiError(f"An active meter with the event name {name} already exists.", param="event_name")
    mapping = {"type": "by_id", "event_payload_key": "stripe_customer_id"}
    meter = blank(
        KIND,
        id=world.ids.new("mtr"),
        created=world.now,
        customer_mapping={**mapping, **(params.take("customer_mapping") or {})},
        default_aggregation=params.need("default_aggregation"),
        display_name=params.need("display_name"),
        event_name=name,
        event_time_window=params.take("event_time_window"),
        status="active",
        updated=world.now,
        value_settings=params.take("value_settings") or {"event_payload_key": "value"},
    )
    return world.create(meter, f"{KIND}.created")


@route("GET", "/v1/billing/meters/:id", "billing.MeterRetrieveParams")
def retrieve(world: World, params: Params, meter_id: str) -> Obj:
    """One meter."""
    return world.fetch(KIND, meter_id)


@route("POST", "/v1/billing/meters/:id", "billing.MeterUpdateParams")
def update(world: World, params: Params, meter_id: str) -> Obj:
    """Rename a meter."""
    meter = world.fetch(KIND, meter_id)
    return world.change(meter, f"{KIND}.updated", updated=world.now, **params.given("display_name"))


@route("POST", "/v1/billing/meters/:id/deactivate", "billing.MeterDeactivateParams")
def deactivate(world: World, params: Params, meter_id: str) -> Obj:
    """Take no more events."""
    return _switch(world, meter_id, "inactive", f"{KIND}.deactivated")


@route("POST", "/v1/billing/meters/:id/reactivate", "billing.MeterReactivateParams")
def reactivate(world: World, params: Params, meter_id: str) -> Obj:
    """Take events again."""
    return _switch(world, meter_id, "active", f"{KIND}.reactivated")


def _switch(world: World, meter_id: str, status: str, event: str) -> Obj:
    meter = world.fetch(KIND, meter_id)
    moment = world.now if status == "inactive" else None
    times = {"updated": world.now, "status_transitions": {"deactivated_at": moment}}
    world.change(meter, None, status=status, **times)
    world.emit(event, meter)
    return meter


@route("GET", "/v1/billing/meters", "billing.MeterListParams")
def list_meters(world: World, params: Params) -> Obj:
    """Meters, newest first."""
    return list_objects(world, KIND, "/v1/billing/meters", params, params.given("status"))


@route("POST", "/v1/billing/meter_events", "billing.MeterEventCreateParams")
def create_event(world: World, params: Params) -> Obj:
    """Report usage; the same identifier within a day counts once."""
    name, payload = params.need("event_name"), params.need("payload")
    meters = world.store.find(KIND, event_name=name, status="active")
    if not meters:
        raise missing_resource("meter", name, "event_name")
    customer_id = payload.get(meters[0]["customer_mapping"]["event_payload_key"])
    customer = world.fetch("customer", customer_id or "", "payload[stripe_customer_id]")
    _check_value(meters[0], payload)
    with world.on_clock_of(customer):
        event = blank(
            "billing.meter_event",
            created=world.now,
            event_name=name,
            identifier=params.take("identifier") or world.ids.letters(32),
            payload=payload,
            timestamp=_moment(world, params.take("timestamp")),
        )
        _refuse_repeats(world, event)
        metering.record(world, meters[0], customer["id"], event)
        return event


def _check_value(meter: Obj, payload: dict[str, Any]) -> None:
    if meter["default_aggregation"]["formula"] == "count":
        return
    key = meter["value_settings"]["event_payload_key"]
    try:
        if Decimal(payload[key]).is_finite():
            return
    except (KeyError, InvalidOperation):
        pass
    raise invalid_param(f"The payload needs a number under {key}.", f"payload[{key}]")


def _moment(world: World, timestamp: int | None) -> int:
    moment = world.now if timestamp is None else int(timestamp)
    if not world.now - OLDEST <= moment <= world.now + NEWEST:
        raise invalid_param(
            "The timestamp must be within the past 35 days or up to 5 minutes in the future.", "timestamp"
        )
    return moment


def _refuse_repeats(world: World, event: Obj) -> None:
    known = world.store.get(metering.record_id(event["event_name"], event["identifier"]))
    if known and known["received"] > world.now - DEDUPE:
        sentence = f"An event already exists with identifier {event['identifier']}."
        raise invalid_param(sentence, "identifier", "duplicate_meter_event")


@route("GET", "/v1/billing/meters/:id/event_summaries", "billing.MeterListEventSummariesParams")
def list_summaries(world: World, params: Params, meter_id: str) -> Obj:
    """A customer's usage in a span of time, as one figure or per hour or day."""
    meter = world.fetch(KIND, meter_id)
    customer = world.fetch("customer", params.need("customer"), "customer")["id"]
    start, end = params.need("start_time"), params.need("end_time")
    window = _WINDOWS.get(params.take("value_grouping_window") or "", end - start)
    if end <= start:
        raise invalid_param("end_time must be after start_time.", "end_time")
    spans = [(moment, min(moment + window, end)) for moment in range(start, end, window)]
    found = [_summary(world, meter, customer, *span) for span in spans]
    return list_values(f"/v1/billing/meters/{meter_id}/event_summaries", found[::-1], params)


def _summary(world: World, meter: Obj, customer_id: str, start: int, end: int) -> Obj:
    return blank(
        "billing.meter_event_summary",
        id=f"mtrusg_{meter['id'][4:]}_{start}_{end}",
        aggregated_value=float(metering.total(world, meter, customer_id, start, end)),
        end_time=end,
        meter=meter["id"],
        start_time=start,
    )
