"""Usage: what meters counted for a customer between two moments."""

from __future__ import annotations

from decimal import Decimal

from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

RECORD = "meter_event_record"


def record(world: World, meter: Obj, customer_id: str, event: Obj) -> None:
    """Keep an event for the meter, found again by its identifier."""
    world.store.put(
        {
            "id": record_id(event["event_name"], event["identifier"]),
            "object": RECORD,
            "created": event["timestamp"],
            "customer": customer_id,
            "meter": meter["id"],
            "value": event["payload"].get(meter["value_settings"]["event_payload_key"], "1"),
            "received": world.now,
        }
    )


def record_id(event_name: str, identifier: str) -> str:
    """Under which an event is stored, so that a second one with the same identifier is noticed."""
    return f"{RECORD}:{event_name}:{identifier}"


def total(world: World, meter: Obj, customer_id: str, start: int, end: int) -> Decimal:
    """What the meter shows for the time from `start` to just before `end`."""
    found = world.store.find(RECORD, customer=customer_id, meter=meter["id"])
    values = sorted((r["created"], Decimal(r["value"])) for r in found if start <= r["created"] < end)
    formula = meter["default_aggregation"]["formula"]
    if formula == "count":
        return Decimal(len(values))
    if formula == "last":
        return values[-1][1] if values else Decimal(0)
    return sum((value for _, value in values), Decimal(0))


def usage(world: World, price: Obj, customer_id: str, start: int, end: int) -> Decimal:
    """What a metered price bills for a period: its meter's total, nothing without a meter."""
    meter_id = price["recurring"]["meter"]
    return (
        total(world, world.fetch("billing.meter", meter_id), customer_id, start, end)
        if meter_id
        else Decimal(0)
    )
