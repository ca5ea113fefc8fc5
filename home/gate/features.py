"""The features that an audience can ask for, as editors see them."""

from django.apps import apps


def switch_choices() -> list[tuple[str, str]]:
    """(key, name) of every feature that a plan either has or has not."""
    features = apps.get_model("billing", "Feature").objects.filter(kind="switch")
    return [(feature.key, feature.name) for feature in features]
