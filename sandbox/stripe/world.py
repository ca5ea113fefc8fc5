"""The state handlers work on: store, clock, identifiers, timers and the events that changes leave behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.stripe import agenda, delivery
from sandbox.stripe.clock import Clock
from sandbox.stripe.errors import missing_resource
from sandbox.stripe.ids import Ids
from sandbox.stripe.shapes import blank, resource_class
from sandbox.stripe.store import Obj, Store

API_VERSION = "2026-08-26.dahlia"

Renderer = Callable[["World", Obj], Obj]
RENDERERS: dict[str, Renderer] = {}
Listener = Callable[["World", Obj], None]
LISTENERS: dict[str, list[Listener]] = {}


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Register how a stored object of this kind becomes the one Stripe shows."""

    def register(function: Renderer) -> Renderer:
        RENDERERS[kind] = function
        return function

    return register


def follows(*events: str) -> Callable[[Listener], Listener]:
    """Register what else happens after an event of these types: `function(world, object)`."""

    def register(function: Listener) -> Listener:
        for event in events:
            LISTENERS.setdefault(event, []).append(function)
        return function

    return register


@dataclass
class Settings:
    """What one would set in Stripe's dashboard. Days count from the first failed payment attempt."""

    retry_days: tuple[int, ...] = (3, 8, 15)
    when_retries_end: str = "cancel"  # or "mark_unpaid", "leave_past_due"
    draft_seconds: int = 3600
    site_url: str = "http://127.0.0.1:12111"
    country: str = "DE"
    currency: str = "eur"
    tax_percent: Decimal = Decimal(0)  # what automatic tax charges; 0 as in an account without registrations
    upcoming_days: int = 7  # how long before a renewal `invoice.upcoming` tells of it; 0 never does


@dataclass
class World:
    """Everything the sandbox knows."""

    store: Store
    clock: Clock
    ids: Ids
    settings: Settings = field(default_factory=Settings)
    request_id: str | None = None
    idempotency_key: str | None = None

    def __post_init__(self) -> None:
        self.agenda = agenda.Agenda(self.store)
        self._test_clock: Obj | None = None
        self.keys_at_work: set[str] = set()
        self.keys_lock = threading.Lock()

    @property
    def now(self) -> int:
        """The present in Unix seconds, of the test clock while one is in use."""
        return int(self._test_clock["frozen_time"]) if self._test_clock else self.clock.now()

    @property
    def clock_id(self) -> str:
        """Which clock timers planned now belong to."""
        return str(self._test_clock["id"]) if self._test_clock else agenda.MAIN_CLOCK

    @contextmanager
    def on_clock_of(self, obj: Obj | None) -> Iterator[None]:
        """Live at the time of the object's test clock, if it has one."""
        before = self._test_clock
        clock_id = (obj or {}).get("test_clock")
        self._test_clock = self.store.get(clock_id) if clock_id else before
        try:
            yield
        finally:
            self._test_clock = before

    def plan(self, object_id: str, name: str, at: int) -> None:
        """Plan an action on the clock now in use."""
        self.agenda.plan(object_id, name, at, self.clock_id)

    def fetch(self, kind: str, object_id: str, param: str = "id", name: str | None = None) -> Obj:
        """The stored object, or Stripe's `No such …` naming the parameter that gave the id."""
        found = self.store.get(str(object_id))
        if found is None or found["object"] != kind:
            raise missing_resource(name or kind.rpartition(".")[2], object_id, param)
        return found

    def show(self, obj: Obj) -> Obj:
        """The object as Stripe answers it: without the sandbox's own notes, whose names start with "_"."""
        shown = {name: value for name, value in obj.items() if not name.startswith("_")}
        renderer = RENDERERS.get(obj.get("object", ""))
        return renderer(self, shown) if renderer and not obj.get("deleted") else shown

    def create(self, obj: Obj, event: str | None = None) -> Obj:
        """Store a new object and say so."""
        if "created" in resource_class(obj["object"]).__annotations__:
            obj.setdefault("created", self.now)
        self.store.put(obj)
        if event:
            self.emit(event, obj)
        return obj

    def change(self, obj: Obj, event: str | None, **fields: Any) -> Obj:
        """Set fields, store, and emit `event` with what was there before (nothing if nothing changed)."""
        before = self.show(self.store.get(obj["id"]) or obj)
        obj.update(fields)
        self.store.put(obj)
        self.emit_change(event, before, obj)
        return obj

    def emit_change(self, event: str | None, before: Obj, obj: Obj) -> None:
        """Emit `event` when what Stripe shows of `obj` differs from `before`."""
        after = self.show(obj)
        previous = difference(before, after)
        if event and previous:
            self.emit(event, after, previous if event.endswith(".updated") else None)

    def emit(self, name: str, obj: Obj, previous: Obj | None = None) -> Obj:
        """Append an event and plan its delivery to every endpoint that asked for it."""
        data: Obj = {"object": self.show(obj)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = blank(
            "event",
            id=self.ids.new("evt"),
            api_version=API_VERSION,
            created=self.now,
            type=name,
            data=data,
            pending_webhooks=0,
            request={"id": self.request_id, "idempotency_key": self.idempotency_key},
        )
        event["pending_webhooks"] = delivery.plan(self.store, event)
        self.store.put(event)
        for listener in LISTENERS.get(name, ()):
            listener(self, obj)
        return event


def difference(before: Obj, after: Obj) -> Obj:
    """Old values of the fields that differ; inside hashes only the differing keys, lists whole."""
    previous: Obj = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and "object" not in old:
            previous[name] = difference(old, new)
        else:
            previous[name] = old
    return previous
