"""The features that an audience can ask for, as editors see them."""

from billing import api as billing


def choices() -> list[tuple[str, str]]:
    """(key, name) of every feature."""
    return billing.feature_choices()


def kind_of(key: str) -> str:
    """What kind of feature it is (a value of ``Feature.Kind``); empty for a key that is gone."""
    return billing.feature_kind(key)
