"""How the plan form is laid out."""

from typing import Any

from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TitleFieldPanel,
)

from billing.catalog.admin.forms import PlanForm
from billing.catalog.admin.rows import PlanFeatureForm, PriceForm

PRICES = "Write amounts as customers read them: 19 or 19.00. Currencies are three letters: EUR, USD, JPY."
FEATURES = (
    "A switch is simply given: leave its number empty. For a limit, say how many; empty means without limit. "
    "For a meter, say how many are included."
)


class RowsPanel(InlinePanel):  # type: ignore[misc]
    """An InlinePanel whose rows have a form of their own."""

    def __init__(self, *args: Any, row_form: type, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_form = row_form

    def clone_kwargs(self) -> dict[str, Any]:
        """Keep the form when Wagtail copies the panel."""
        return {**super().clone_kwargs(), "row_form": self.row_form}

    def get_form_options(self) -> dict[str, Any]:
        """As Wagtail's, with our form."""
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = self.row_form
        return options


def plan_form(*, is_new: bool) -> ObjectList:
    """The form of a new plan offers a key made of the name; the key of an existing plan cannot change."""
    name = (
        TitleFieldPanel("name", targets=["key"], placeholder="Name of the plan")
        if is_new
        else FieldPanel("name")
    )
    return ObjectList([_words(name), _sale(), _prices(), _features(), _credits()], base_form_class=PlanForm)


def _words(name: Panel) -> Panel:
    words = [name, FieldPanel("key"), FieldPanel("tagline"), FieldPanel("description")]
    return MultiFieldPanel(words, heading="Name and words", icon="edit")


def _sale() -> Panel:
    marks = FieldRowPanel([FieldPanel("is_public"), FieldPanel("is_default")])
    card = FieldRowPanel([FieldPanel("is_highlighted"), FieldPanel("badge")])
    return MultiFieldPanel([marks, card, FieldPanel("position")], heading="Where it stands", icon="view")


def _prices() -> Panel:
    row = FieldRowPanel([FieldPanel("interval"), FieldPanel("amount"), FieldPanel("currency")])
    prices = RowsPanel("prices", [row], row_form=PriceForm, label="price", heading="Prices", help_text=PRICES)
    terms = FieldRowPanel([FieldPanel("trial_days"), FieldPanel("grace_days")])
    return MultiFieldPanel([terms, prices], heading="Prices, trial and grace", icon="tag")


def _credits() -> Panel:
    left_over = FieldRowPanel([FieldPanel("credits_rollover"), FieldPanel("credits_cap")])
    return MultiFieldPanel([FieldPanel("credits_per_period"), left_over], heading="Credits", icon="pick")


def _features() -> Panel:
    row = FieldRowPanel([FieldPanel("feature"), FieldPanel("value")])
    return RowsPanel(
        "plan_features",
        [row],
        row_form=PlanFeatureForm,
        label="feature",
        heading="What it gives",
        help_text=FEATURES,
    )
