"""Asks the real ledger what the naive one is asked, on whatever connection the calling thread has."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.credits.clock import at
from billing.credits.grants import freeze, unfreeze
from billing.credits.ledger import call
from billing.customers.models import StripeCustomer
from tests.billing.credits.naive_rows import Request

NOBODY = -1
KINDS = {"heartbeat": "hold", "capture": "hold", "release": "hold", "reverse": "spend", "void": "lot"}

STATE = """
SELECT a.available, a.held, a.debt, a.frozen_at IS NOT NULL, (
    SELECT coalesce(json_agg(json_build_array(l.id, l.source_ref, l.remaining::text)), '[]')
    FROM billing_creditlot l WHERE l.account_id = a.id
), (
    SELECT coalesce(json_agg(json_build_array(v.lot_id, v.amount::text, v.owed::text)), '[]') FROM (
        SELECT e.lot_id, -sum(x.amount) AS amount,
            -coalesce(sum(x.amount) FILTER (WHERE x.lot_id IS NULL), 0) AS owed
        FROM billing_creditentry e JOIN billing_creditallocation x ON x.entry_id = e.id
        WHERE e.account_id = a.id AND e.kind = 'void' GROUP BY e.lot_id
    ) v
), (
    SELECT coalesce(json_agg(json_build_array(h.key, h.state, h.captured::text, h.expires_at)), '[]')
    FROM billing_credithold h WHERE h.account_id = a.id
), (
    SELECT coalesce(json_agg(json_build_array(x.entry_id, x.lot_id, (-x.amount)::text) ORDER BY x.id), '[]')
    FROM billing_creditallocation x WHERE x.entry_id = ANY (%s)
), (
    SELECT coalesce(json_agg(json_build_array(h.key, t.lot_id, t.amount::text) ORDER BY t.id), '[]')
    FROM billing_creditholdlot t JOIN billing_credithold h ON h.id = t.hold_id WHERE h.account_id = a.id
) FROM billing_creditaccount a WHERE a.customer_id = %s
"""


@dataclass(frozen=True)
class Answer:
    """What came back; ``row`` is the lot, hold or entry that it is about."""

    outcome: str
    available: Decimal | None = None
    row: int | None = None

    @property
    def said(self) -> tuple[str, Decimal | None]:
        return self.outcome, self.available


@dataclass
class RealLedger:
    """One customer's account. ``rows`` has the ids of what was made, by kind and name."""

    customer: StripeCustomer
    prefix: str
    rows: dict[tuple[str, str], int] = field(default_factory=dict)

    def named(self, request: Request) -> Request:
        """The request with the name of something that is there, where its place among them was drawn."""
        if not request.about:
            return request
        kind = KINDS[request.verb]
        names = [name for what, name in self.rows if what == kind]
        return replace(request, about=names[int(request.about) % len(names)] if names else "nobody")

    def answer(self, request: Request, now: datetime) -> Answer:
        with at(now):
            return getattr(self, f"_{request.verb}")(request, now)

    def learn(self, request: Request, answer: Answer) -> None:
        """Remember what was made, to ask about it later."""
        if answer.outcome != "done" or answer.row is None:
            return
        names = {"grant": ("lot", request.key), "hold": ("hold", request.key)}
        names |= {"capture": ("spend", f"hold {request.about}")}
        name = names.get(request.verb, ("spend", f"entry {request.key}"))
        if request.verb not in ("reverse", "void"):
            self.rows[name] = answer.row

    def state(self, now: datetime) -> tuple:
        """As the naive ledger gives it, once the account was brought to the present."""
        entries = {row: name for (kind, name), row in self.rows.items() if kind == "spend"}
        with at(now):
            call("refresh", self.customer.pk)
        with connection.cursor() as cursor:
            cursor.execute(STATE, [list(entries), self.customer.pk])
            *balance, lots, voids, holds, parts, takes = cursor.fetchone()
        names = {row: ref.removeprefix(self.prefix) for row, ref, _ in lots}
        left = {names[row]: Decimal(amount) for row, _, amount in lots}
        voided = {names[row]: (Decimal(amount), Decimal(owed)) for row, amount, owed in voids}
        ends = {key: (said, Decimal(part), datetime.fromisoformat(end)) for key, said, part, end in holds}
        took: dict[str, list[tuple[str, Decimal]]] = {name: [] for name in entries.values()}
        took |= {f"hold {key} set aside": [] for key in ends}
        for entry, lot, amount in parts:
            took[entries[entry]].append((names[lot], Decimal(amount)))
        for key, lot, amount in takes:
            took[f"hold {key} set aside"].append((names[lot], Decimal(amount)))
        return tuple(balance), left, voided, ends, took

    def _id(self, request: Request) -> int:
        return self.rows.get((KINDS[request.verb], request.about), NOBODY)

    def _grant(self, asked: Request, now: datetime) -> Answer:
        begins = now + asked.begins
        terms: list[Any] = ["admin", self.prefix + asked.key, "paid" if asked.paid else "promotional"]
        terms += [asked.priority, begins, asked.lasts and begins + asked.lasts]
        outcome, lot = call("grant", self.customer.pk, asked.amount, *terms, "", None)
        return Answer(outcome, row=lot)

    def _spend(self, asked: Request, now: datetime) -> Answer:
        said = call("spend", self.customer.pk, asked.amount, asked.key, "", "", asked.verb, "", None)
        outcome, entry, available, _ = said
        return Answer(outcome, available, entry)

    _correct = _spend

    def _hold(self, asked: Request, now: datetime) -> Answer:
        seconds = asked.lasts.total_seconds() if asked.lasts else 0
        outcome, hold, available, _ = call("hold", self.customer.pk, asked.amount, asked.key, "", "", seconds)
        return Answer(outcome, available, hold)

    def _heartbeat(self, asked: Request, now: datetime) -> Answer:
        seconds = asked.lasts.total_seconds() if asked.lasts else 0
        return Answer(*call("heartbeat", self._id(asked), seconds))

    def _capture(self, asked: Request, now: datetime) -> Answer:
        outcome, entry = call("capture", self._id(asked), asked.amount)
        return Answer(outcome, row=entry)

    def _release(self, asked: Request, now: datetime) -> Answer:
        return Answer(*call("release", self._id(asked)))

    def _reverse(self, asked: Request, now: datetime) -> Answer:
        outcome, _ = call("reverse", self._id(asked), asked.amount, asked.key, "", None)
        return Answer(outcome)

    def _void(self, asked: Request, now: datetime) -> Answer:
        lot = self._id(asked)
        outcome, _ = call("void", lot, asked.amount, asked.owing, asked.key, "", None)
        return Answer(outcome)

    def _freeze(self, asked: Request, now: datetime) -> Answer:
        freeze(customer_id=self.customer.pk)
        return Answer("done")

    def _unfreeze(self, asked: Request, now: datetime) -> Answer:
        unfreeze(customer_id=self.customer.pk)
        return Answer("done")
