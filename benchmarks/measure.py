"""Times two ways of doing one thing in turns, so that whatever else the machine does falls on both."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

ROUNDS = 15


@dataclass(frozen=True)
class Result:
    """One comparison. ``ours`` and ``peer``: median of the rounds in ``unit``; ``ratio``: peer / ours.

    ``spread``: the range of the rounds' ratios; ``holds``: whether the ratio reaches the ``goal``.
    """

    name: str
    ours: float
    peer: float
    peer_name: str
    ratio: float
    goal: float
    holds: bool
    unit: str
    spread: list[float]

    def as_dict(self) -> dict[str, object]:
        """What goes into ``build/bench.json``."""
        return asdict(self)

    def __str__(self) -> str:
        """The line that a person reads."""
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        least, most = self.spread
        return (
            f"{self.name}: {self.ours:.1f} {self.unit}; {self.peer_name}: {self.peer:.1f} {self.unit}; "
            f"{self.ratio:.1f}x ({least:.1f} to {most:.1f}), goal {self.goal:g}x: {verdict}"
        )


def compare(
    name: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    peer_name: str,
    goal: float,
    times: int,
) -> Result:
    """Run both ``times`` times a round, in turns, after one round that does not count."""
    rounds = [(_microseconds(ours, times), _microseconds(peer, times)) for _ in range(ROUNDS + 1)][1:]
    ratios = sorted(theirs / own for own, theirs in rounds)
    ratio = median(ratios)
    return Result(
        name=name,
        ours=round(median(own for own, _ in rounds), 2),
        peer=round(median(theirs for _, theirs in rounds), 2),
        peer_name=peer_name,
        ratio=round(ratio, 2),
        goal=goal,
        holds=ratio >= goal,
        unit="µs",
        spread=[round(ratios[0], 2), round(ratios[-1], 2)],
    )


def _microseconds(what: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        what()
    return (time.perf_counter() - started) / times * 1_000_000
