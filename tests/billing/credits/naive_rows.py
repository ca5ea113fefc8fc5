"""What a ledger is asked, and the rows of the naive one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from math import inf

ZERO = Decimal(0)


@dataclass(frozen=True)
class Request:
    """One thing asked of a ledger; ``about`` names the lot, hold or spend that it is about, if any."""

    verb: str
    key: str = ""
    amount: Decimal | None = None
    about: str = ""
    begins: timedelta = timedelta(0)
    lasts: timedelta | None = None
    paid: bool = True
    priority: int = 0
    owing: bool = False


@dataclass
class Lot:
    number: int
    granted: Decimal
    begins: datetime
    ends: datetime | None
    paid: bool
    priority: int
    left: Decimal = ZERO
    began: bool = False
    used: Decimal = ZERO
    owed: Decimal = ZERO
    voided: Decimal = ZERO

    def is_live(self, now: datetime) -> bool:
        return self.began and (self.ends is None or now < self.ends)

    @property
    def turn(self) -> tuple:
        ends = self.ends.timestamp() if self.ends else inf
        return self.priority, ends, self.paid, self.begins, self.number


@dataclass
class Hold:
    amount: Decimal
    ends: datetime
    takes: list[tuple[Lot, Decimal]]
    state: str = "open"
    captured: Decimal = ZERO


@dataclass
class Spend:
    amount: Decimal
    takes: list[tuple[Lot, Decimal]]
    given_back: list[Decimal] = field(default_factory=list)
