"""What customers are owed by what happened to them: the rules in their plainest form, remembering nothing.

Written from the documents, not from the code: it shares no line with how the site decides.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from math import inf
from typing import Any

from django.utils import timezone

NOTHING, NO_LIMIT = 0, inf
BEGINNING, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

# What the two versions of the plan give, and what those have whose plan does not name the feature.
VERSIONS = (
    {"exports": NO_LIMIT, "charts": NO_LIMIT, "seats": 3},
    {"charts": NO_LIMIT, "seats": 9},
)
DEFAULTS = {"seats": 1}
FEATURES = ("exports", "charts", "seats")


@dataclass
class Fact:
    """Something that changes, and when: who looks during a change may see the old or the new."""

    value: Any
    past: list[tuple[Any, datetime, datetime]] = field(default_factory=list)

    def became(self, value: Any, *, began: datetime, done: datetime | None = None) -> None:
        """A change that began and is done by now, or at the moment given."""
        self.past.append((value, began, done or timezone.now()))
        self.past.sort(key=lambda change: change[1])

    @property
    def latest(self) -> Any:
        """What it is, with no change under way."""
        return self.past[-1][0] if self.past else self.value

    def between(self, since: datetime, until: datetime) -> list[Any]:
        """What may have been seen in this time: from when a value began until the next one was done."""
        told = [(self.value, BEGINNING, BEGINNING), *self.past]
        replaced = [done for _, _, done in told[1:]] + [END]
        return [
            value
            for (value, began, _), over in zip(told, replaced, strict=True)
            if began <= until and over >= since
        ]


@dataclass
class Opening:
    """To whom a feature is open: how far, and who is named besides. ``part``: who is within half of all."""

    part: set[int] = field(default_factory=set)
    to: Fact = field(default_factory=lambda: Fact(("all", 0)))
    named: Fact = field(default_factory=lambda: Fact(frozenset()))


def owed(
    feature: str,
    person: int,
    *,
    version: int | None,
    grants: list[float],
    opening: Opening,
    to: Any,
    named: Any,
) -> float:
    """How much of the feature they have.

    Switched off: nobody has it. Open to some: a plan gives it to these only, a grant to whom it names. Of a
    plan's value and the grants', the best counts.
    """
    how_far, percent = to
    if how_far == "nobody":
        return NOTHING
    is_within = percent == 100 or (percent == 50 and person in opening.part)
    given = list(grants)
    if how_far == "all" or is_within or person in named:
        gives = {} if version is None else VERSIONS[version]
        given.append(gives.get(feature, DEFAULTS.get(feature, NOTHING)))
    return max(given, default=NOTHING)


@dataclass
class Grant:
    """So much of a feature for one person. ``holds`` turns true and false again."""

    person: int
    feature: str
    value: float
    holds: Fact = field(default_factory=lambda: Fact(value=False))


@dataclass
class Books:
    """Everything that happened. ``plans``: the version each person holds, and by which subscription."""

    plans: dict[int, Fact]
    openings: dict[str, Opening] = field(default_factory=lambda: {key: Opening() for key in FEATURES})
    grants: list[Grant] = field(default_factory=list)

    def may_have_had(self, person: int, feature: str, since: datetime, until: datetime) -> set[float]:
        """Each amount that somebody who looked in this time may rightly have been told."""
        opening = self.openings[feature]
        grants = [one for one in self.grants if (one.person, one.feature) == (person, feature)]
        seen = product(
            self.plans[person].between(since, until),
            opening.to.between(since, until),
            opening.named.between(since, until),
            product(*(one.holds.between(since, until) for one in grants)),
        )
        return {
            owed(
                feature,
                person,
                version=version,
                grants=[one.value for one, holds in zip(grants, held, strict=True) if holds],
                opening=opening,
                to=to,
                named=named,
            )
            for (_, version), to, named, held in seen
        }
