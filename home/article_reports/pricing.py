"""What a report takes from one reader: nothing where their plan includes reports, else credits."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing import api as billing

FEATURE = "article_reports"


class NotOnOffer(LookupError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """No plan of the reader's includes reports, and no credits buy one; ``decision`` says what would help."""

    def __init__(self, decision: billing.Decision) -> None:
        super().__init__(decision.reason)
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Quote:
    """What one report takes at this moment, and what the reader has. Nothing is spent by asking."""

    decision: billing.Decision
    price: Decimal
    available: Decimal

    @property
    def is_included(self) -> bool:
        """Whether it costs nothing."""
        return self.price == 0

    @property
    def is_enough(self) -> bool:
        """Whether the reader can have one now."""
        return self.available >= self.price

    @property
    def left(self) -> Decimal:
        """What would be left afterwards."""
        return self.available - self.price


def quote_for(reader: Any) -> Quote:
    """What a report takes from ``reader`` now. Raises ``NotOnOffer``."""
    decision = billing.check(reader, FEATURE)
    if not decision.allowed and decision.unlock_with is None:
        raise NotOnOffer(decision)
    price = Decimal(0) if decision.allowed else decision.unlock_with or Decimal(0)
    return Quote(decision, price, billing.balance(reader).available)
