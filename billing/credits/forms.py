"""What a customer wants to happen when credits run low."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from billing.catalog.money import major_units, minor_units
from billing.catalog.packs import CreditPack
from billing.credits.purchase_models import CreditSettings


class CreditSettingsForm(forms.ModelForm[CreditSettings]):
    """Being told, and auto-reload with its limits; money is typed as people write it."""

    most_money = forms.DecimalField(
        label="At most this much money a month",
        min_value=1,
        max_digits=10,
        help_text="Auto-reload stops there, whatever happens.",
    )

    class Meta:
        model = CreditSettings
        fields = ["tell_below", "reload_on", "reload_below", "reload_pack", "most_per_month"]
        labels = {
            "tell_below": "Tell me when fewer credits are left than",
            "reload_on": "Buy credits for me when they run low",
            "reload_below": "When fewer are left than",
            "reload_pack": "Buy",
            "most_per_month": "At most this many purchases a month",
        }
        help_texts = {
            "tell_below": "Empty: do not tell me.",
            "reload_on": "Your saved card is charged without asking you. You are told each time.",
            "reload_pack": "As many of these as it takes to be above that number again.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = settings.BILLING_CURRENCY
        packs = CreditPack.objects.filter(is_public=True, archived_at=None, currency=currency)
        pack = self.fields["reload_pack"]
        pack.empty_label = "Choose a pack"  # type: ignore[attr-defined]
        pack.queryset = packs.exclude(stripe_price_id="")  # type: ignore[attr-defined]
        pack.label_from_instance = lambda pack: f"{pack.name} for {pack.formatted}"  # type: ignore[attr-defined]
        self.fields["most_money"].initial = major_units(self.instance.most_money_per_month, currency)
        self.fields["most_money"].label = f"At most this much money a month, in {currency}"

    def clean_most_money(self) -> int:
        """In minor units."""
        return minor_units(self.cleaned_data["most_money"], settings.BILLING_CURRENCY)

    def clean(self) -> dict[str, Any]:
        """Auto-reload needs to know when to buy and what, and at least one must fit into the limit."""
        told: dict[str, Any] = super().clean() or {}
        pack, limit = told.get("reload_pack"), told.get("most_money")
        if told.get("reload_on") and pack is None and "reload_pack" not in self.errors:
            self.add_error("reload_pack", "Choose what to buy.")
        if told.get("reload_on") and told.get("reload_below") == 0:
            self.add_error("reload_below", "No balance is below 0: choose a number from which on we buy.")
        if told.get("reload_on") and pack and limit is not None and pack.amount > limit:
            self.add_error(
                "most_money", ValidationError(f"One purchase costs {pack.formatted}: allow at least that.")
            )
        return told

    def filled(self) -> CreditSettings:
        """The settings as typed, not yet stored; a failed past is forgiven when somebody decides anew."""
        wanted: CreditSettings = self.save(commit=False)
        wanted.most_money_per_month = self.cleaned_data["most_money"]
        wanted.failures, wanted.next_try_at = 0, None
        wanted.suspended_at, wanted.suspended_card = None, ""
        return wanted
