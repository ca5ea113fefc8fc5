"""Says what time it is in the sandbox: the real time, shifted or frozen by whoever tests."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Unix seconds. A running clock follows real time plus a shift; a frozen one moves only when told."""

    def __init__(self, frozen_at: int | None = None, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._frozen_at = frozen_at
        self._shift = 0

    @property
    def frozen(self) -> bool:
        """True when time stands still between moves."""
        return self._frozen_at is not None

    @property
    def shift(self) -> int:
        """How many seconds a running clock is ahead of real time."""
        return self._shift

    def now(self) -> int:
        """The present moment in whole Unix seconds."""
        if self._frozen_at is not None:
            return self._frozen_at
        return int(self._wall()) + self._shift

    def move_to(self, moment: int) -> None:
        """Go to `moment`; time never runs backwards, so an earlier moment is ignored."""
        ahead = moment - self.now()
        if ahead <= 0:
            return
        if self._frozen_at is not None:
            self._frozen_at = moment
        else:
            self._shift += ahead
