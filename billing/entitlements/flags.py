"""What holds for a feature whatever plans say: switched off, or open to some. Pure, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

PARTS = 10_000


@dataclass(frozen=True, slots=True)
class Rollout:
    """A feature that is open to a part of everybody, and to the people named."""

    percent: int
    people: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Flags:
    """``off``: closed to all. ``defaults``: what members have whose plans do not name a feature."""

    off: frozenset[str] = frozenset()
    rollouts: Mapping[str, Rollout] = field(default_factory=dict)
    defaults: Mapping[str, int | None] = field(default_factory=dict)

    def lets(self, feature: str, person: int | None) -> bool:
        """Whether the feature is open to this person, a user's id, if they have it; ``None``: a visitor."""
        if feature in self.off:
            return False
        rollout = self.rollouts.get(feature)
        if rollout is None:
            return True
        if person is None:
            return False
        return person in rollout.people or share_of(feature, person) < rollout.percent


NO_FLAGS = Flags()


def share_of(feature: str, person: int) -> float:
    """Where a person stands between 0 and 100 for this feature: always there, elsewhere for another."""
    digest = sha256(f"{feature}:{person}".encode()).digest()
    return int.from_bytes(digest[:8]) % PARTS * 100 / PARTS
