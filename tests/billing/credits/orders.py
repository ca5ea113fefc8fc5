"""Finds an order in which requests that came at the same time may have been answered."""

import pickle
from collections.abc import Sequence

from tests.billing.credits.asked import Answer
from tests.billing.credits.naive import NaiveLedger
from tests.billing.credits.naive_rows import Request

Answered = tuple[Request, Answer]


def in_some_order(naive: NaiveLedger, answered: Sequence[Answered], state: tuple) -> NaiveLedger | None:
    """The naive ledger after an order in which it says the same and ends as ``state``; None: there is none.

    Entries are numbered in the order in which they were written, so theirs is tried first.
    """
    likely = sorted(answered, key=lambda pair: (pair[1].row is None, pair[1].row or 0))
    return _explain(naive, likely, state)


def _explain(naive: NaiveLedger, left: Sequence[Answered], state: tuple) -> NaiveLedger | None:
    if not left:
        return naive if naive.state() == state else None
    for place, (request, answer) in enumerate(left):
        copy: NaiveLedger = pickle.loads(pickle.dumps(naive))  # noqa: S301  (our own bytes)
        if copy.answer(request) == answer.said:
            rest = [*left[:place], *left[place + 1 :]]
            if found := _explain(copy, rest, state):
                return found
    return None
