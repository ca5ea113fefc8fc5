"""Shows what Stripe sent without what it says about people: only what has a harmless shape is shown."""

import json
import re
from collections.abc import Mapping
from typing import Any

MASKED = "•••"

KINDS = (
    "acct|ba|bps|bpc|card|ch|cn|cnli|cs|cus|di|du|evt|feat|ii|il|in|inpay|mtr|pi|pm|po|price|prod|promo|py|pyr|"
    "re|req|seti|si|src|sub|sub_sched|txn|we"
)
ID = re.compile(rf"({KINDS})_((test|live)_)?[A-Za-z0-9]{{6,80}}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
WORD = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,60}")
AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,12})?")
NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")

# Fields whose words are Stripe's own. A word elsewhere may be somebody's name, so it is not shown.
WORDS = frozenset(
    {
        "aggregate_usage",
        "allow_redisplay",
        "api_version",
        "billing_reason",
        "billing_scheme",
        "brand",
        "category",
        "code",
        "collection_method",
        "currency",
        "decline_code",
        "duration",
        "failure_code",
        "failure_reason",
        "funding",
        "interval",
        "mode",
        "object",
        "outcome",
        "payment_status",
        "pricing_type",
        "proration_behavior",
        "reason",
        "scheme",
        "status",
        "tax_behavior",
        "type",
        "ui_mode",
        "usage_type",
    }
)


def masked(payload: Mapping[str, Any]) -> str:
    """The payload as indented JSON, with everything masked that might be somebody's data or a secret."""
    return json.dumps(_mask("", payload), indent=2, ensure_ascii=False)


def _mask(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_shown_name(key): _mask(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mask(name, inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if _is_harmless(name, value) else MASKED


def _is_harmless(name: str, value: Any) -> bool:
    text = str(value)
    if text == "" or any(shape.fullmatch(text) for shape in (ID, UUID, MOMENT)):
        return True
    if name.endswith("_decimal"):
        return AMOUNT.fullmatch(text) is not None
    return name in WORDS and WORD.fullmatch(text) is not None


def _shown_name(name: str) -> str:
    """Stripe's own names are words; a person can name metadata as they like."""
    return name if NAME.fullmatch(name) else MASKED
