"""Random requests of few different values: lots tie, holds and lots end together, keys come again."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.billing.credits.naive_rows import Request

spans = st.sampled_from([1, 10, 30, 60]).map(lambda minutes: timedelta(minutes=minutes))
_quarters = st.integers(1, 12) | st.integers(1, 60)
_amounts = _quarters.map(lambda quarters: Decimal(quarters) / 4)
# Spends, corrections, reversals and refunds share their keys.
_keys = st.integers(0, 120).map(str)
_fewer = st.integers(0, 30).map(str)
# Which of those that are there: see RealLedger.named.
_about = st.integers(0, 60).map(str)


def _asked(verb, **fields):
    return st.builds(Request, st.just(verb), **fields)


spending = _asked("spend", key=_keys, amount=_amounts)
granting = _asked(
    "grant",
    key=_fewer,
    amount=_amounts.map(lambda amount: amount * 2),
    begins=st.just(timedelta(0)) | spans,
    lasts=st.none() | spans,
    paid=st.booleans(),
    priority=st.integers(-1, 1),
)
holding = _asked("hold", key=_fewer, amount=_amounts, lasts=spans)
one = st.one_of(
    spending,
    spending,
    granting,
    granting,
    holding,
    holding,
    _asked("correct", key=_keys, amount=_amounts),
    _asked("heartbeat", about=_about, lasts=spans),
    _asked("capture", about=_about, amount=st.none() | _amounts),
    _asked("release", about=_about),
    _asked("reverse", key=_keys, about=_about, amount=st.none() | _amounts),
    _asked("void", key=_keys, about=_about, amount=st.none() | _amounts, owing=st.booleans()),
    st.sampled_from([Request("freeze"), *[Request("unfreeze")] * 4]),
)

HOSTILE = [0, -1, "0.00001", "1e20", "NaN", "Infinity", "-0", "ten", "", None, 0.5, True]
