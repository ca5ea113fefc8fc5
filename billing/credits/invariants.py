"""What must be true of the ledger at any moment, whatever happened: one list for tests, audit and command."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

# Each query gives (account, what is wrong) for every violation; ``a`` is the account, in all of them.
RULES: dict[str, str] = {
    "available is what is left in open lots": """
        SELECT a.id, format('says %s, lots have %s', a.available, sum(coalesce(l.remaining, 0)))
        FROM billing_creditaccount a
        LEFT JOIN billing_creditlot l ON l.account_id = a.id AND l.state = 'open'
        WHERE {these} GROUP BY a.id HAVING a.available <> sum(coalesce(l.remaining, 0))
    """,
    "held is what open holds have": """
        SELECT a.id, format('says %s, holds have %s', a.held, sum(coalesce(h.amount, 0)))
        FROM billing_creditaccount a
        LEFT JOIN billing_credithold h ON h.account_id = a.id AND h.state = 'open'
        WHERE {these} GROUP BY a.id HAVING a.held <> sum(coalesce(h.amount, 0))
    """,
    "a hold is what it took from lots": """
        SELECT h.account_id, format('hold %s of %s took %s', h.id, h.amount, sum(t.amount))
        FROM billing_credithold h JOIN billing_creditaccount a ON a.id = h.account_id
        LEFT JOIN billing_creditholdlot t ON t.hold_id = h.id
        WHERE {these} GROUP BY h.id HAVING h.amount IS DISTINCT FROM sum(t.amount)
    """,
    "a captured hold is one spend": """
        SELECT h.account_id, format('hold %s captured %s, entries say %s', h.id, h.captured, -sum(e.amount))
        FROM billing_credithold h JOIN billing_creditaccount a ON a.id = h.account_id
        LEFT JOIN billing_creditentry e ON e.hold_id = h.id
        WHERE {these} GROUP BY h.id
        HAVING h.captured <> coalesce(-sum(e.amount), 0) OR count(e.id) > 1
            OR (h.captured > 0) <> (h.state = 'captured')
    """,
    "a lot is granted once, and as much as it says": """
        SELECT l.account_id, format('lot %s of %s was granted %s', l.id, l.granted, sum(e.amount))
        FROM billing_creditlot l JOIN billing_creditaccount a ON a.id = l.account_id
        LEFT JOIN billing_creditentry e ON e.lot_id = l.id AND e.kind = 'grant'
        WHERE {these} GROUP BY l.id
        HAVING CASE WHEN l.state = 'pending' THEN count(e.id) > 0 OR l.remaining <> l.granted
            ELSE count(e.id) <> 1 OR sum(e.amount) <> l.granted END
    """,
    "granted = remaining + held + consumed + expired + voided - returned, for each lot": """
        SELECT l.account_id, format('lot %s has %s and %s held, its history says %s',
            l.id, l.remaining, held.amount, moved.amount)
        FROM billing_creditlot l JOIN billing_creditaccount a ON a.id = l.account_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(t.amount), 0) AS amount FROM billing_creditholdlot t
            JOIN billing_credithold h ON h.id = t.hold_id WHERE t.lot_id = l.id AND h.state = 'open'
        ) held
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(x.amount), 0) AS amount FROM billing_creditallocation x WHERE x.lot_id = l.id
        ) moved
        WHERE {these} AND l.state <> 'pending' AND l.remaining + held.amount <> moved.amount
    """,
    "an entry is the sum of what it moved": """
        SELECT e.account_id, format('entry %s of %s moved %s', e.id, e.amount, sum(x.amount))
        FROM billing_creditentry e JOIN billing_creditaccount a ON a.id = e.account_id
        LEFT JOIN billing_creditallocation x ON x.entry_id = e.id
        WHERE {these} GROUP BY e.id HAVING e.amount IS DISTINCT FROM sum(x.amount)
    """,
    "what moved belongs to the entry's account": """
        SELECT e.account_id, format('entry %s moved lot %s of account %s', e.id, l.id, l.account_id)
        FROM billing_creditallocation x JOIN billing_creditentry e ON e.id = x.entry_id
        JOIN billing_creditlot l ON l.id = x.lot_id JOIN billing_creditaccount a ON a.id = e.account_id
        WHERE {these} AND l.account_id <> e.account_id
    """,
    "the sum of entries = available + held - debt": """
        SELECT a.id, format('worth %s, entries say %s',
            a.available + a.held - a.debt, sum(coalesce(e.amount, 0)))
        FROM billing_creditaccount a LEFT JOIN billing_creditentry e ON e.account_id = a.id
        WHERE {these} GROUP BY a.id HAVING a.available + a.held - a.debt <> sum(coalesce(e.amount, 0))
    """,
    "replayed from zero, every entry has its balance": """
        SELECT r.account_id, format('entry %s says %s, replayed it is %s', r.id, r.balance_after, r.replayed)
        FROM (
            SELECT e.id, e.account_id, e.balance_after,
                sum(e.amount) OVER (PARTITION BY e.account_id ORDER BY e.id) AS replayed
            FROM billing_creditentry e JOIN billing_creditaccount a ON a.id = e.account_id WHERE {these}
        ) r WHERE r.balance_after <> r.replayed
    """,
    "replayed from zero, no lot ever had less than nothing or more than granted": """
        SELECT r.account_id, format('lot %s had %s after entry %s', r.lot_id, r.replayed, r.entry_id)
        FROM (
            SELECT l.account_id, x.lot_id, x.entry_id, l.granted,
                sum(x.amount) OVER (PARTITION BY x.lot_id ORDER BY x.entry_id, x.id) AS replayed
            FROM billing_creditallocation x JOIN billing_creditlot l ON l.id = x.lot_id
            JOIN billing_creditaccount a ON a.id = l.account_id WHERE {these}
        ) r WHERE r.replayed NOT BETWEEN 0 AND r.granted
    """,
    "replayed from zero, debt is what was owed and not settled": """
        SELECT a.id, format('owes %s, entries say %s', a.debt, -sum(coalesce(x.amount, 0)))
        FROM billing_creditaccount a LEFT JOIN billing_creditentry e ON e.account_id = a.id
        LEFT JOIN billing_creditallocation x ON x.entry_id = e.id AND x.lot_id IS NULL
        WHERE {these} GROUP BY a.id HAVING a.debt <> -sum(coalesce(x.amount, 0))
    """,
    "nobody owes and has credits at the same time": """
        SELECT a.id, format('owes %s and has %s', a.debt, a.available) FROM billing_creditaccount a
        WHERE {these} AND a.debt > 0 AND a.available > 0
    """,
    "a spend is given back once at most": """
        SELECT e.account_id, format('entry %s of %s was given back %s', e.id, e.amount, sum(r.amount))
        FROM billing_creditentry e JOIN billing_creditaccount a ON a.id = e.account_id
        JOIN billing_creditentry r ON r.reverses_id = e.id
        WHERE {these} GROUP BY e.id HAVING sum(r.amount) > -e.amount
    """,
    "nothing falls due before the account looks": """
        SELECT a.id, format('looks at %s, due at %s', a.next_event_at, due.at)
        FROM billing_creditaccount a CROSS JOIN LATERAL (SELECT billing_credits_next_event(a.id) AS at) due
        WHERE {these} AND due.at IS NOT NULL AND (a.next_event_at IS NULL OR a.next_event_at > due.at)
    """,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One account for which a rule does not hold."""

    rule: str
    account_id: int
    detail: str

    def __str__(self) -> str:
        """The line of a report."""
        return f"Account {self.account_id}: {self.detail}. Broken rule: {self.rule}."


def violations(account_ids: Sequence[int] | None = None) -> Iterator[Violation]:
    """Every violation, in all accounts or in some; nothing where the ledger is sound.

    Each rule is one statement, so it sees one state of the ledger, also while the site spends.
    """
    these = "TRUE" if account_ids is None else "a.id = ANY(%s)"
    arguments = [] if account_ids is None else [list(account_ids)]
    for rule, query in RULES.items():
        with connection.cursor() as cursor:
            cursor.execute(_marked(query, arguments).format(these=these), arguments or None)
            found = cursor.fetchall()
        for account_id, detail in found:
            yield Violation(rule, account_id, detail)


def _marked(query: str, arguments: list[list[int]]) -> str:
    """With arguments, the percent signs of ``format`` must not be taken for places."""
    return query.replace("%s", "%%s") if arguments else query
