"""Moves time: whatever is due happens at its own moment, in order, each in its own transaction."""

from __future__ import annotations

from sandbox.stripe.agenda import ACTIONS
from sandbox.stripe.world import World

_SHIFT = "clock_shift"


def advance(world: World, target: int) -> int:
    """Do everything due up to `target`, then be there."""
    while True:
        with world.store.transaction():
            timer = world.agenda.next_due(target)
            if timer is None:
                break
            world.clock.move_to(timer.at)
            _remember(world)
            world.agenda.cancel(timer.object_id, timer.action)
            ACTIONS[timer.action](world, timer.object_id)
    world.clock.move_to(target)
    _remember(world)
    return world.now


def catch_up(world: World) -> None:
    """Do what has become due because time went by."""
    advance(world, world.clock.now())


def restore_clock(world: World) -> None:
    """After a restart, time goes on from where it was moved to."""
    shift = world.store.setting(_SHIFT)
    if shift and not world.clock.frozen:
        world.clock.move_to(world.clock.now() + int(shift))


def _remember(world: World) -> None:
    shift = str(world.clock.shift)
    if not world.clock.frozen and world.store.setting(_SHIFT) != shift:
        world.store.remember(_SHIFT, shift)
