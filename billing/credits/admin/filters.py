"""How the lists of credits are narrowed down."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.credits.history import feature_names
from billing.credits.models import CreditEntry


class FeatureFilter(SimpleListFilter):
    """By what credits were spent on, under the names that people know; a feature that is gone has none."""

    title = "spent on"
    parameter_name = "feature"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every feature of the catalog."""
        return sorted(feature_names().items(), key=lambda item: item[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[CreditEntry]) -> QuerySet[CreditEntry]:
        """The entries of the chosen one."""
        return queryset.filter(feature=self.value()) if self.value() else queryset
