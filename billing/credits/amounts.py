"""What counts as an amount of credits, checked before the database hears of it."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation

from billing.credits.errors import (
    InvalidAmount,
    InvalidKey,
    InvalidPriority,
    InvalidSpan,
    InvalidWords,
    UnknownRecord,
)

DECIMALS = 4
LARGEST = Decimal("99999999999999.9999")
LONGEST_KEY = 200
LONGEST_WORDS = 255
LONGEST_FEATURE = 60
LONGEST_HOLD = timedelta(days=31)
LARGEST_ID = 2**63 - 1
LARGEST_PRIORITY = 2**15 - 1

Amount = Decimal | int | str


def positive(amount: Amount) -> Decimal:
    """``amount`` as the ledger keeps it. Raises ``InvalidAmount`` for what is no positive amount of credits.

    A float is refused: 0.1 is not what it says.
    """
    if isinstance(amount, float | bool):
        raise InvalidAmount(amount)
    try:
        value = Decimal(amount)
    except (InvalidOperation, TypeError, ValueError):
        raise InvalidAmount(amount) from None
    if not value.is_finite() or not 0 < value <= LARGEST:
        raise InvalidAmount(amount)
    rounded = value.quantize(Decimal(1).scaleb(-DECIMALS))
    if rounded != value:
        raise InvalidAmount(amount)
    return rounded


def usable_key(key: str) -> str:
    """``key`` if it can tell one request from another. Raises ``InvalidKey``."""
    if not _is_text(key) or not 0 < len(key) <= LONGEST_KEY:
        raise InvalidKey
    return key


def usable_words(words: str, *, longest: int = LONGEST_WORDS) -> str:
    """``words`` if the ledger can keep them. Raises ``InvalidWords``."""
    if not _is_text(words) or len(words) > longest:
        raise InvalidWords
    return words


def usable_id(number: int) -> int:
    """``number`` if the database could know it. Raises ``UnknownRecord``."""
    if not _is_whole(number) or not 0 < number <= LARGEST_ID:
        raise UnknownRecord
    return number


def usable_priority(priority: int) -> int:
    """``priority`` if a lot can keep it. Raises ``InvalidPriority``."""
    if not _is_whole(priority) or not -LARGEST_PRIORITY <= priority <= LARGEST_PRIORITY:
        raise InvalidPriority(priority)
    return priority


def usable_seconds(lasts: timedelta) -> float:
    """How long a hold lasts, in seconds. Raises ``InvalidSpan``."""
    if not isinstance(lasts, timedelta) or not timedelta(0) < lasts <= LONGEST_HOLD:
        raise InvalidSpan
    return lasts.total_seconds()


def _is_text(words: object) -> bool:
    """Whether PostgreSQL can keep it: no zero byte, and no half of a letter."""
    if not isinstance(words, str):
        return False
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in words


def _is_whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)
