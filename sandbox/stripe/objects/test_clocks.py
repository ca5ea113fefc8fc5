"""Test clocks: customers who live in a time of their own, moved by the API."""

from __future__ import annotations

from sandbox.stripe.agenda import ACTIONS
from sandbox.stripe.billing import periods
from sandbox.stripe.errors import ApiError
from sandbox.stripe.objects import customers
from sandbox.stripe.paging import list_objects
from sandbox.stripe.params import Params
from sandbox.stripe.router import route
from sandbox.stripe.shapes import blank
from sandbox.stripe.store import Obj
from sandbox.stripe.world import World

KIND = "test_helpers.test_clock"


@route("POST", "/v1/test_helpers/test_clocks", "test_helpers.TestClockCreateParams")
def create(world: World, params: Params) -> Obj:
    """Freeze a new time for the customers who will be made with it."""
    clock = blank(
        KIND,
        id=world.ids.new("clock"),
        created=world.now,
        deletes_after=world.now + 30 * periods.DAY,
        frozen_time=params.need("frozen_time"),
        name=params.take("name"),
        status="ready",
        status_details={},
    )
    return world.create(clock, f"{KIND}.created")


@route("GET", "/v1/test_helpers/test_clocks/:id", "test_helpers.TestClockRetrieveParams")
def retrieve(world: World, params: Params, clock_id: str) -> Obj:
    """One clock."""
    return world.fetch(KIND, clock_id, name="test clock")


@route("POST", "/v1/test_helpers/test_clocks/:id/advance", "test_helpers.TestClockAdvanceParams")
def advance(world: World, params: Params, clock_id: str) -> Obj:
    """Move its time forward; everything due happens in order before the answer."""
    clock = world.fetch(KIND, clock_id, name="test clock")
    target = params.need("frozen_time")
    if target <= clock["frozen_time"]:
        raise ApiError("The new frozen_time must be after the clock's current time.", param="frozen_time")
    while timer := world.agenda.next_due(target, clock_id):
        clock["frozen_time"] = max(timer.at, clock["frozen_time"])
        world.store.put(clock)
        world.agenda.cancel(timer.object_id, timer.action)
        with world.on_clock_of({"test_clock": clock_id}):
            ACTIONS[timer.action](world, timer.object_id)
    clock["frozen_time"] = target
    world.store.put(clock)
    world.emit(f"{KIND}.ready", clock)
    return clock


@route("DELETE", "/v1/test_helpers/test_clocks/:id", "test_helpers.TestClockDeleteParams")
def delete(world: World, params: Params, clock_id: str) -> Obj:
    """Delete a clock and everybody who lives by it."""
    clock = world.fetch(KIND, clock_id, name="test clock")
    for customer in world.store.find("customer", test_clock=clock_id):
        customers.delete(world, Params(), customer["id"])
    world.store.delete(clock_id)
    world.emit(f"{KIND}.deleted", clock)
    return {"id": clock_id, "object": KIND, "deleted": True}


@route("GET", "/v1/test_helpers/test_clocks", "test_helpers.TestClockListParams")
def list_clocks(world: World, params: Params) -> Obj:
    """Clocks, newest first."""
    return list_objects(world, KIND, "/v1/test_helpers/test_clocks", params)
