"""The editor's form of a gated page."""

from typing import Any

from wagtail.admin.forms.pages import WagtailAdminPageForm

from home.gate.choices import problem_of


class GatedPageForm(WagtailAdminPageForm):  # type: ignore[misc]
    """Asks for the feature and the price where the audience needs them.

    The form asks, not the model: a scheduled page whose feature was deleted meanwhile is published all the
    same, shut for everyone, rather than stopping every page that is due after it.
    """

    def clean(self) -> dict[str, Any]:
        """An audience of customers names its feature, a quota one that is counted, and credits how many."""
        cleaned: dict[str, Any] = super().clean()
        feature = cleaned.get("audience_feature")
        problem = problem_of(
            cleaned.get("audience"), feature.kind if feature else "", cleaned.get("audience_credits")
        )
        if problem:
            field, sentence = problem
            self.add_error(f"audience_{field}", sentence)
        return cleaned
