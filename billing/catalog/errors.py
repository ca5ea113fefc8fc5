"""Why the catalog refuses to do something, in words an admin can act on."""

from django.core.exceptions import ValidationError


class CatalogRefusal(ValidationError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The catalog will not do this: its message says why, and what to do instead."""
