"""The same ledger written the slow and obvious way, in Python, to compare answers with."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tests.billing.credits.naive_rows import ZERO, Hold, Lot, Request, Spend


@dataclass
class NaiveLedger:
    """Answers are an outcome in a word, and what is available where the real ledger says it too."""

    now: datetime
    lots: dict[str, Lot] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    spends: dict[str, Spend] = field(default_factory=dict)
    entries: dict[str, tuple] = field(default_factory=dict)
    debt: Decimal = ZERO
    frozen: bool = False

    def answer(self, request: Request) -> tuple[str, Decimal | None]:
        outcome = getattr(self, request.verb)(request)
        says_balance = request.verb in ("spend", "correct", "hold")
        return outcome, self.available if says_balance else None

    @property
    def available(self) -> Decimal:
        return sum((lot.left for lot in self.lots.values() if lot.is_live(self.now)), ZERO)

    @property
    def held(self) -> Decimal:
        return sum((hold.amount for hold in self.holds.values() if hold.state == "open"), ZERO)

    def state(self) -> tuple:
        """Everything that shows, and who took from where, which shows when it is given back."""
        names = {id(lot): key for key, lot in self.lots.items()}
        left = {key: lot.left if lot.began else lot.granted for key, lot in self.lots.items()}
        voided = {key: (lot.voided, lot.owed) for key, lot in self.lots.items() if lot.voided}
        holds = {key: (hold.state, hold.captured, hold.ends) for key, hold in self.holds.items()}
        takers = {f"hold {key} set aside": hold for key, hold in self.holds.items()} | self.spends
        took = {name: [(names[id(lot)], part) for lot, part in taker.takes] for name, taker in takers.items()}
        return (self.available, self.held, self.debt, self.frozen), left, voided, holds, took

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
        live = (lot for lot in self.lots.values() if lot.is_live(self.now))
        for lot in sorted(live, key=lambda lot: lot.turn):
            part = min(lot.left, amount)
            if part:
                lot.left -= part
                lot.used += part
                amount -= part
                takes.append((lot, part))
        assert amount == 0
        return takes

    def grant(self, asked: Request) -> str:
        if asked.key in self.lots:
            return "replayed" if self.lots[asked.key].granted == asked.amount else "reused"
        begins = self.now + asked.begins
        ends = asked.lasts and begins + asked.lasts
        self.lots[asked.key] = Lot(len(self.lots), asked.amount, begins, ends, asked.paid, asked.priority)
        self.go_to(self.now)
        return "done"

    def renew(self, key: str, amount: Decimal, cap: Decimal) -> None:
        """A plan's credits come again; of those before, no more than ``cap`` is carried over."""
        if key in self.lots:
            return
        self.grant(Request("grant", key, amount))
        earlier = [
            lot for name, lot in self.lots.items() if name.startswith("plan-") and lot.begins < self.now
        ]
        over = sum((lot.left for lot in earlier), ZERO) - cap
        for lot in sorted(earlier, key=lambda lot: (lot.begins, lot.number)):
            part = max(min(lot.left, over), ZERO)
            lot.left -= part
            lot.voided += part
            over -= part

    def spend(self, asked: Request) -> str:
        if asked.key in self.entries:
            same = self.entries[asked.key] == (asked.verb, asked.amount)
            return "replayed" if same else "reused"
        if refusal := self._refusal(asked.amount):
            return refusal
        self.entries[asked.key] = (asked.verb, asked.amount)
        self.spends[f"entry {asked.key}"] = Spend(asked.amount, self._take(asked.amount))
        return "done"

    correct = spend

    def _refusal(self, amount: Decimal) -> str:
        if self.frozen:
            return "frozen"
        return "insufficient" if self.available < amount else ""

    def reverse(self, asked: Request) -> str:
        if asked.about not in self.spends:
            return "unknown"
        if asked.key in self.entries:
            verb, about, amount = (*self.entries[asked.key], None)[:3]
            same = (verb, about) == ("reverse", asked.about) and asked.amount in (None, amount)
            return "replayed" if same else "reused"
        spend = self.spends[asked.about]
        back = sum(spend.given_back, ZERO)
        left = spend.amount - back
        amount = left if asked.amount is None else asked.amount
        if not left or amount > left:
            return "over"
        self.entries[asked.key] = ("reverse", asked.about, amount)
        spend.given_back.append(amount)
        for lot, part in reversed(spend.takes):
            already = min(part, back)
            back -= already
            now = min(part - already, amount)
            amount -= now
            lot.left += now
            lot.used -= now
        self._tidy()
        return "done"

    def hold(self, asked: Request) -> str:
        if asked.key in self.holds:
            return "replayed" if self.holds[asked.key].amount == asked.amount else "reused"
        if refusal := self._refusal(asked.amount):
            return refusal
        self.holds[asked.key] = Hold(asked.amount, self.now + asked.lasts, self._take(asked.amount))
        return "done"

    def heartbeat(self, asked: Request) -> str:
        hold = self.holds.get(asked.about)
        if hold is None or hold.state != "open":
            return "ended" if hold else "unknown"
        hold.ends = max(hold.ends, self.now + asked.lasts)
        return "done"

    def capture(self, asked: Request) -> str:
        hold = self.holds.get(asked.about)
        if hold is None:
            return "unknown"
        amount = hold.amount if asked.amount is None else asked.amount
        if hold.state == "captured":
            return "replayed" if hold.captured == amount else "reused"
        if hold.state != "open":
            return "ended"
        if amount > hold.amount:
            return "over"
        self.spends[f"hold {asked.about}"] = Spend(amount, self._end(hold, amount, "captured"))
        self._tidy()
        return "done"

    def release(self, asked: Request) -> str:
        hold = self.holds.get(asked.about)
        if hold is None:
            return "unknown"
        if hold.state != "open":
            return "ended" if hold.state == "captured" else "replayed"
        self._end(hold, ZERO, "released")
        self._tidy()
        return "done"

    def _end(self, hold: Hold, captured: Decimal, state: str) -> list[tuple[Lot, Decimal]]:
        hold.state, hold.captured = state, captured
        takes = []
        for lot, part in hold.takes:
            spent = min(part, captured)
            captured -= spent
            lot.left += part - spent
            lot.used -= part - spent
            if spent:
                takes.append((lot, spent))
        return takes

    def void(self, asked: Request) -> str:
        if asked.about not in self.lots:
            return "unknown"
        lot = self.lots[asked.about]
        same = ("void", asked.about, lot.granted if asked.amount is None else asked.amount, asked.owing)
        if asked.key in self.entries:
            return "replayed" if self.entries[asked.key] == same else "reused"
        if not lot.began:
            lot.began, lot.left = True, lot.granted
        wanted = min(same[2], lot.granted - lot.voided)
        rest = min(lot.left, wanted)
        owed = min(wanted - rest, max(lot.used - lot.owed, ZERO)) if asked.owing else ZERO
        if not rest + owed:
            return "nothing"
        self.entries[asked.key] = same
        lot.left -= rest
        lot.owed += owed
        lot.voided += rest + owed
        self.debt += owed
        self._tidy()
        return "done"

    def freeze(self, asked: Request) -> str:
        self.frozen = True
        return "done"

    def unfreeze(self, asked: Request) -> str:
        self.frozen = False
        return "done"
