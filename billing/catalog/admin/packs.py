"""The list of credit packs and its form."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.widgets.slug import SlugInput
from wagtail_modeladmin.helpers import PermissionHelper

from billing.catalog.limits import HIGHEST_AMOUNT
from billing.catalog.money import format_money, major_units, minor_units, validate_currency
from billing.catalog.pack_services import (
    archive_pack,
    delete_pack,
    refuse_to_lose_pack,
    restore_pack,
    save_pack,
)
from billing.catalog.packs import CreditPack
from billing.kept_rows import KeptDeleteView
from billing.row_actions import Action, ActionsMixin, ConfirmView
from billing.screens import BillingAdmin, ReadOnlyInspectView, described, status_tag


class PackForm(WagtailAdminModelForm):  # type: ignore[misc]
    """A pack; people write 9.00, the row keeps 900."""

    amount = forms.DecimalField(
        label="Price",
        min_value=Decimal("0.001"),
        max_digits=12,
        decimal_places=3,
        help_text="As customers read it: 9 or 9.00.",
        error_messages={"min_value": "A price is more than nothing."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["key"].disabled = True
            self.initial["amount"] = major_units(self.instance.amount, self.instance.currency)
        else:
            self.initial["currency"] = settings.BILLING_CURRENCY

    def clean_currency(self) -> str:
        """Capitals or not, both are understood."""
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        """Turn what was written into minor units."""
        cleaned: dict[str, Any] = super().clean()
        if "amount" in cleaned and "currency" in cleaned:
            try:
                validate_currency(cleaned["currency"])
                cleaned["amount"] = _in_minor_units(cleaned["amount"], cleaned["currency"])
            except ValidationError as error:
                self.add_error("currency" if error.code == "currency" else "amount", error)
        if cleaned.get("is_public") and self.instance.archived_at:
            self.add_error("is_public", "This pack is archived. Restore it before you put it on sale.")
        return cleaned

    def save(self, commit: bool = True) -> CreditPack:
        """Through the service, which knows what a new price means."""
        pack: CreditPack = super().save(commit=False)
        save_pack(pack=pack)
        return pack


class MovePackView(ConfirmView):
    """Archives a pack, or restores it."""

    @property
    def is_archived(self) -> bool:
        """Where it stands now."""
        return self.instance.archived_at is not None

    def get_page_title(self) -> str:
        """Which of the two it is."""
        return "Restore" if self.is_archived else "Archive"

    @property
    def button(self) -> str:  # type: ignore[override]
        """The same on the button."""
        return "Restore the pack" if self.is_archived else "Archive the pack"

    @property
    def is_serious(self) -> bool:  # type: ignore[override]
        """Archiving takes something away."""
        return not self.is_archived

    @property
    def sentences(self) -> list[str]:  # type: ignore[override]
        """What it means."""
        if self.is_archived:
            return ["The pack comes back off sale: nobody can buy it until you put it there again."]
        return ["Nobody can buy the pack any more. Credits that were bought stay. You can restore it."]

    def act(self, answers: Mapping[str, Any]) -> str:
        """Do it."""
        if self.is_archived:
            restore_pack(pack=self.instance)
            return f"Pack “{self.instance}” is back, off sale for now."
        archive_pack(pack=self.instance)
        return f"Pack “{self.instance}” is archived. Publish to tell Stripe."


class DeletePackView(KeptDeleteView):
    """A pack that nobody knows."""

    def confirmation_message(self) -> str:
        """What goes with it."""
        return f"Delete “{self.instance}” for good? Nobody bought it, so nobody loses anything."

    def check_instance(self) -> None:
        """Nobody is asked about a pack that stays."""
        refuse_to_lose_pack(pack=self.instance)

    def delete_instance(self) -> None:
        """Only one that neither Stripe nor a customer knows."""
        delete_pack(pack=self.instance)


class PackPermissionHelper(PermissionHelper):  # type: ignore[misc]
    """Django's permissions; a pack that Stripe knows stays."""

    def user_can_list(self, user: Any) -> bool:
        """Only with the permission to view."""
        return bool(self.user_has_specific_permission(user, self.get_perm_codename("view")))

    def user_can_delete_obj(self, user: Any, obj: CreditPack) -> bool:
        """The service has the last word."""
        return not obj.stripe_product_id and bool(super().user_can_delete_obj(user, obj))


class CreditPackAdmin(ActionsMixin, BillingAdmin):
    """Credits by the pack."""

    model = CreditPack
    menu_label = "Credit packs"
    menu_icon = "pick"
    base_url_path = "billing/packs"
    export_filename = "credit-packs"
    empty_text = "A pack is a number of credits for a price, paid once, beside what plans include."
    list_display = ["name", "state", "credits_text", "money", "price_of_one", "at_stripe"]
    list_export = [
        "key",
        "name",
        "credits",
        "amount",
        "currency",
        "state_text",
        "at_stripe_text",
        "stripe_product_id",
        "stripe_price_id",
    ]
    list_filter = ["is_public", "currency"]
    search_fields = ["key", "name", "tagline"]
    permission_helper_class = PackPermissionHelper
    delete_view_class = DeletePackView
    inspect_view_class = ReadOnlyInspectView
    inspect_view_enabled = True
    inspect_view_fields = [
        "key",
        "name",
        "tagline",
        "state",
        "credits_text",
        "money",
        "price_of_one",
        "position",
        "at_stripe_text",
        "stripe_product_id",
        "stripe_price_id",
    ]
    row_views = {"move": MovePackView}
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("name"), FieldPanel("key", widget=SlugInput), FieldPanel("tagline")],
                heading="Name and words",
                icon="edit",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("credits"),
                    FieldRowPanel([FieldPanel("amount"), FieldPanel("currency")]),
                ],
                heading="Credits and price",
                icon="tag",
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("is_public"), FieldPanel("is_highlighted")]),
                    FieldPanel("position"),
                ],
                heading="Where it stands",
                icon="view",
            ),
        ],
        base_form_class=PackForm,
    )

    def row_actions(self, user: Any, pack: CreditPack) -> Iterator[Action]:
        """Archive or restore."""
        if self.permission_helper.user_can_edit_obj(user, pack):
            label = "Restore" if pack.archived_at else "Archive"
            yield "move", label, f"{label} “{pack}”"

    @described("state")
    def state(self, pack: CreditPack) -> Any:
        """Whether customers find it."""
        words = self.state_text(pack)
        return status_tag(words, primary=words == "on sale")

    @described("state")
    def state_text(self, pack: CreditPack) -> str:
        """The same in words."""
        if pack.archived_at:
            return "archived"
        return "on sale" if pack.is_public else "hidden"

    @described("credits", order="credits")
    def credits_text(self, pack: CreditPack) -> str:
        """Without decimals that say nothing."""
        return f"{pack.credits.normalize():,f}"

    @described("price", order="amount")
    def money(self, pack: CreditPack) -> str:
        """As customers read it."""
        return pack.formatted

    @described("per credit")
    def price_of_one(self, pack: CreditPack) -> str:
        """What one credit costs in it, to compare packs."""
        return f"{major_units(pack.amount, pack.currency) / pack.credits:.4f} {pack.currency}"

    @described("at Stripe")
    def at_stripe(self, pack: CreditPack) -> Any:
        """Whether Stripe has what the catalog says."""
        words = self.at_stripe_text(pack)
        return status_tag(words, primary=words == "in step")

    @described("at Stripe")
    def at_stripe_text(self, pack: CreditPack) -> str:
        """In step, or why not, with every difference."""
        if not pack.stripe_product_id:
            return "not needed" if pack.archived_at else "not published"
        if pack.stripe_compared_at is None or pack.changed_at > pack.stripe_compared_at:
            return "changed since"
        return " ".join(["differs:", *pack.stripe_differences]) if pack.stripe_differences else "in step"


def _in_minor_units(written: Decimal, currency: str) -> int:
    amount = minor_units(written, currency)
    if amount > HIGHEST_AMOUNT:
        highest = format_money(HIGHEST_AMOUNT, currency)
        raise ValidationError(f"Stripe takes at most {highest}.", code="amount")
    return amount
