"""The editor's form of a gated page."""

from typing import Any

from wagtail.admin.forms.pages import WagtailAdminPageForm

from home.gate.audience import Audience


class GatedPageForm(WagtailAdminPageForm):  # type: ignore[misc]
    """Asks for the feature where the audience needs one.

    The form asks, not the model: a scheduled page whose feature was deleted meanwhile is published all the
    same, shut for everyone, rather than stopping every page that is due after it.
    """

    def clean(self) -> dict[str, Any]:
        """An audience of customers names the feature their plan must have."""
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("audience") == Audience.PLANS and not cleaned.get("audience_feature"):
            self.add_error("audience_feature", "Choose the feature that a reader's plan must have.")
        return cleaned
