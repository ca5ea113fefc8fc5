"""Shows editors in the page explorer who can read each page."""

from typing import Any

from wagtail.admin.ui.tables import Column, Table
from wagtail.admin.views.pages.listing import ExplorableIndexView

from billing import api as billing
from home.gate.audience import Audience
from home.gate.rules import Rule
from home.gate.sections import rules_of

LABELS = {Audience.EVERYONE: "Everyone", Audience.MEMBERS: "Members"}
NOBODY = "Nobody: no such feature"


class AudienceColumn(Column):  # type: ignore[misc]
    """The audience that counts for each page, its own or its section's; three queries for the whole list."""

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Read the label off the table, which works them out for all its rows at once."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {**context, "value": _labels(parent_context["table"]).get(instance.pk, "")}

    def get_value(self, instance: Any) -> str:
        """Nothing a page could say by itself: see ``get_cell_context_data``."""
        return ""


def show_audiences() -> None:
    """Put the column before the status."""
    columns = ExplorableIndexView.base_columns
    columns.insert(len(columns) - 1, AudienceColumn("audience", label="Readers", width="12%"))


def _labels(table: Table) -> dict[int, str]:
    if not hasattr(table, "audience_labels"):
        names = dict(billing.feature_choices())
        table.audience_labels = {pk: label_of(rule, names) for pk, rule in rules_of(table.data).items()}
    labels: dict[int, str] = table.audience_labels
    return labels


def label_of(rule: Rule, names: dict[str, str]) -> str:
    """Who passes a rule, in the words of editors; ``names`` are those of the features by key."""
    if rule.audience in LABELS:
        return LABELS[rule.audience]
    price = f"{rule.credits} credits" if rule.credits else ""
    if rule.audience is Audience.CREDITS:
        return price or "Nobody: no price"
    name = names.get(rule.feature, NOBODY)
    counted = f"Quota: {name}" if rule.is_quota and rule.feature in names else name
    return f"{counted}, or {price}" if price else counted
