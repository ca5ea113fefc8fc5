"""The features that an audience can ask for, as editors see them."""

from billing import api as billing


def choices() -> list[tuple[str, str]]:
    """(key, name) of every feature."""
    return billing.feature_choices()
