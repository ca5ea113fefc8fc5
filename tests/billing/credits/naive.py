"""The same ledger written the slow and obvious way, in Python, to compare answers with."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import inf

ZERO = Decimal(0)


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


@dataclass
class NaiveLedger:
    """Answers are words: "done", "insufficient", "reused", "replayed", "ended", "over", "nothing"."""

    now: datetime
    lots: dict[str, Lot] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    spends: dict[str, Spend] = field(default_factory=dict)
    debt: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        return sum((lot.left for lot in self.lots.values() if lot.is_live(self.now)), ZERO)

    @property
    def held(self) -> Decimal:
        return sum((hold.amount for hold in self.holds.values() if hold.state == "open"), ZERO)

    def go_to(self, moment: datetime) -> None:
        """Whatever happens on the way happens at its own moment."""
        while due := self._next(moment):
            self.now = due
            for hold in self.holds.values():
                if hold.state == "open" and hold.ends <= due:
                    self._end(hold, ZERO, "expired")
            for lot in self.lots.values():
                if not lot.began and lot.begins <= due:
                    lot.began, lot.left = True, lot.granted
            self._tidy()
        self.now = moment

    def _next(self, moment: datetime) -> datetime | None:
        moments = [hold.ends for hold in self.holds.values() if hold.state == "open"]
        moments += [lot.begins for lot in self.lots.values() if not lot.began]
        moments += [lot.ends for lot in self.lots.values() if lot.began and lot.left and lot.ends]
        return min((due for due in moments if due <= moment), default=None)

    def _tidy(self) -> None:
        for lot in self.lots.values():
            if lot.ends and lot.ends <= self.now and lot.began:
                lot.left = ZERO
        paid = min(self.debt, self.available)
        if paid:
            self.debt -= paid
            self._take(paid)

    def _take(self, amount: Decimal) -> list[tuple[Lot, Decimal]]:
        takes = []
        for lot in sorted(
            (lot for lot in self.lots.values() if lot.is_live(self.now)), key=lambda lot: lot.turn
        ):
            part = min(lot.left, amount)
            if part:
                lot.left -= part
                lot.used += part
                amount -= part
                takes.append((lot, part))
        assert amount == 0
        return takes

    def grant(self, key, amount, begins, ends, paid, priority) -> str:
        if key in self.lots:
            return "replayed" if self.lots[key].granted == amount else "reused"
        self.lots[key] = Lot(len(self.lots), amount, begins, ends, paid, priority)
        self.go_to(self.now)
        return "done"

    def spend(self, key, amount) -> str:
        if key in self.spends:
            return "replayed" if self.spends[key].amount == amount else "reused"
        if self.available < amount:
            return "insufficient"
        self.spends[key] = Spend(amount, self._take(amount))
        return "done"

    def reverse(self, key, amount) -> str:
        spend = self.spends[key]
        left = spend.amount - sum(spend.given_back, ZERO)
        amount = left if amount is None else amount
        if not left or amount > left:
            return "over"
        spend.given_back.append(amount)
        back = sum(spend.given_back[:-1], ZERO)
        for lot, part in reversed(spend.takes):
            already = min(part, back)
            back -= already
            now = min(part - already, amount)
            amount -= now
            lot.left += now
            lot.used -= now
        self._tidy()
        return "done"

    def hold(self, key, amount, ends) -> str:
        if key in self.holds:
            return "replayed" if self.holds[key].amount == amount else "reused"
        if self.available < amount:
            return "insufficient"
        self.holds[key] = Hold(amount, ends, self._take(amount))
        return "done"

    def capture(self, key, amount) -> str:
        hold = self.holds[key]
        if hold.state == "captured":
            return "replayed" if hold.captured == (hold.amount if amount is None else amount) else "reused"
        if hold.state != "open":
            return "ended"
        if amount is not None and amount > hold.amount:
            return "over"
        self._end(hold, hold.amount if amount is None else amount, "captured")
        self._tidy()
        return "done"

    def release(self, key) -> str:
        hold = self.holds[key]
        if hold.state == "captured":
            return "ended"
        if hold.state == "open":
            self._end(hold, ZERO, "released")
            self._tidy()
            return "done"
        return "replayed"

    def _end(self, hold: Hold, captured: Decimal, state: str) -> None:
        hold.state, hold.captured = state, captured
        for lot, part in hold.takes:
            spent = min(part, captured)
            captured -= spent
            lot.left += part - spent
            lot.used -= part - spent

    def void(self, key, amount, owing) -> str:
        lot = self.lots[key]
        if not lot.began:
            lot.began, lot.left = True, lot.granted
        wanted = min(lot.granted if amount is None else amount, lot.granted - lot.voided)
        rest = min(lot.left, wanted)
        owed = min(wanted - rest, max(lot.used - lot.owed, ZERO)) if owing else ZERO
        if not rest + owed:
            return "nothing"
        lot.left -= rest
        lot.owed += owed
        lot.voided += rest + owed
        self.debt += owed
        self._tidy()
        return "done"
