"""Remembers what must happen by itself, and when: renewals, trial ends, retries, expiries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.stripe.store import Store

if TYPE_CHECKING:
    from sandbox.stripe.world import World

Action = Callable[["World", str], None]
ACTIONS: dict[str, Action] = {}
MAIN_CLOCK = ""


@dataclass(frozen=True)
class Timer:
    """One thing to do: `action` on `object_id` at the moment `at`."""

    object_id: str
    action: str
    at: int


def action(name: str) -> Callable[[Action], Action]:
    """Register what a timer of this name does: `function(world, object_id)`."""

    def register(function: Action) -> Action:
        ACTIONS[name] = function
        return function

    return register


class Agenda:
    """Timers in the store; one per object and action, done in the order of their moments."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def plan(self, object_id: str, name: str, at: int, clock: str = MAIN_CLOCK) -> None:
        """Plan the action, replacing an earlier plan for the same object and action."""
        self._store.query(
            "INSERT INTO timers SELECT ?, ?, ?, ?, COALESCE(MAX(seq), 0) + 1 FROM timers WHERE true "
            "ON CONFLICT (object_id, action) DO UPDATE SET at=excluded.at, clock=excluded.clock, "
            "seq=excluded.seq",
            object_id,
            name,
            at,
            clock,
        )

    def cancel(self, object_id: str, *names: str) -> None:
        """Forget planned actions; without names, all of the object's."""
        if not names:
            self._store.query("DELETE FROM timers WHERE object_id = ?", object_id)
        for name in names:
            self._store.query("DELETE FROM timers WHERE object_id = ? AND action = ?", object_id, name)

    def next_due(self, until: int, clock: str = MAIN_CLOCK) -> Timer | None:
        """The earliest timer not later than `until`.

        Of what is due at the same second a period's end comes last: cancellations and new phases of that
        second decide what the next period is.
        """
        rows = self._store.query(
            "SELECT object_id, action, at FROM timers WHERE clock = ? AND at <= ? "
            "ORDER BY at, action = 'subscription.period_end', seq LIMIT 1",
            clock,
            until,
        )
        return Timer(*rows[0]) if rows else None
