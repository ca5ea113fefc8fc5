"""The number that a form for credits carries: it stays the same until the customer saw how the order ended.

A page whose answer was lost, a second tab and the back button then repeat an order in place of a new one.
"""

from uuid import UUID, uuid4

from django.contrib.sessions.backends.base import SessionBase

from billing.catalog.packs import CreditPack

ORDERS = "credit_orders"


def order_number(session: SessionBase, pack: CreditPack) -> UUID:
    """The number of this person's next order of the pack."""
    orders = session.get(ORDERS, {})
    if pack.key not in orders:
        session[ORDERS] = orders = {**orders, pack.key: str(uuid4())}
    return UUID(orders[pack.key])


def close_order(session: SessionBase, number: UUID) -> None:
    """Its end was seen: what is bought next is another order."""
    orders = session.get(ORDERS, {})
    left = {key: kept for key, kept in orders.items() if kept != str(number)}
    if left != orders:
        session[ORDERS] = left


def close_orders(session: SessionBase) -> None:
    """The customer came back without paying: whatever is bought next is another order."""
    session.pop(ORDERS, None)
