"""Measures two ways of doing one thing in turns, so that whatever else the machine does falls on both."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from statistics import median

ROUNDS = 15

Round = tuple[float, float]
"""What one round measured: ours, and the peer's."""


class Form(Enum):
    """How the ratio of a comparison is made, and on which side of the goal it belongs."""

    FASTER = "faster"
    THROUGHPUT = "throughput"
    COST = "cost"

    def ratio(self, ours: float, peer: float) -> float:
        """The figure that is held against the goal."""
        return peer / ours if self is Form.FASTER else ours / peer

    def holds(self, ratio: float, goal: float) -> bool:
        """Whether the goal is reached."""
        return ratio <= goal if self is Form.COST else ratio >= goal


@dataclass(frozen=True)
class Result:
    """One comparison; docs/reference/benchmarks.md says how ``ratio`` and ``goal`` read in each form.

    ``ours``, ``peer``: medians of the rounds, in ``unit``. ``ratio``: the median of the rounds' ratios;
    ``spread``: their range. ``holds``: the verdict, in every form.
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
            f"{self.ratio:.2f}x ({least:.2f} to {most:.2f}), goal {self.goal:g}x: {verdict}"
        )


def compare(
    name: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    peer_name: str,
    goal: float,
    times: int,
    form: Form = Form.FASTER,
) -> Result:
    """Time both, ``times`` times a round, in turns, after one round that does not count."""
    rounds = [(_microseconds(ours, times), _microseconds(peer, times)) for _ in range(ROUNDS + 1)][1:]
    return summarise(name, rounds, peer_name=peer_name, goal=goal, unit="µs", form=form)


def summarise(
    name: str, rounds: Sequence[Round], *, peer_name: str, goal: float, unit: str, form: Form = Form.FASTER
) -> Result:
    """The result of rounds that were measured otherwise: percentiles, events a second, bytes."""
    ratios = sorted(form.ratio(own, theirs) for own, theirs in rounds)
    ratio = median(ratios)
    return Result(
        name=f"{name}, at most {goal:g}x" if form is Form.COST else name,
        ours=round(median(own for own, _ in rounds), 2),
        peer=round(median(theirs for _, theirs in rounds), 2),
        peer_name=peer_name,
        ratio=round(ratio, 2),
        goal=goal,
        holds=form.holds(ratio, goal),
        unit=unit,
        spread=[round(ratios[0], 2), round(ratios[-1], 2)],
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all (0.5, 0.99) do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _microseconds(what: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        what()
    return (time.perf_counter() - started) / times * 1_000_000
