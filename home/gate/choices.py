"""What a choice of an audience needs beside it. Pure; pages and blocks ask the same."""

from home.gate.audience import Audience

COUNTED = "limit"
"""The kind of feature that plans give so many of."""


def problem_of(audience: str | None, kind: str, price: int | None) -> tuple[str, str] | None:
    """What is missing from a choice: the field, and what to do; None where nothing is.

    ``kind`` is that of the chosen feature, empty for none.
    """
    if audience == Audience.PLANS and not kind:
        return "feature", "Choose the feature that a reader's plan must have."
    if audience == Audience.QUOTA and kind != COUNTED:
        return "feature", "Choose a feature that plans give so many of, such as premium articles a month."
    if audience == Audience.CREDITS and not price:
        return "credits", "Say how many credits open the page."
    return None
