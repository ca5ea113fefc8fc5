"""What a customer wants to happen when credits run low."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from billing.catalog.money import major_units, minor_units
from billing.catalog.packs import CreditPack
from billing.credits.purchase_models import CreditSettings
from billing.credits.shop import Shop

OTHERWISE = (
    "You chose a pack in {old}, and your packs are in {new} now: it goes on being bought in {old}, and the "
    "limit below is in {old}. Choose one in {new} to change both."
)


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

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.reload_pack
        if stored and stored.archived_at:  # it is bought no more
            stored = None
        self.currency = stored.currency if stored else shop.currency
        self._offer([*shop.packs, *([stored] if stored and stored not in shop.packs else [])])
        money = self.fields["most_money"]
        money.initial = major_units(self.instance.most_money_per_month, self.currency)
        if self.currency == shop.currency:
            money.label = f"At most this much money a month, in {self.currency}"
        else:
            money.label = "At most this much money a month, in the currency of the pack"
            self.fields["reload_pack"].help_text = OTHERWISE.format(old=self.currency, new=shop.currency)

    def _offer(self, packs: list[CreditPack]) -> None:
        """These to choose from; one in another currency that was chosen before is among them."""
        field = self.fields["reload_pack"]
        field.queryset = CreditPack.objects.filter(pk__in=[pack.pk for pack in packs])  # type: ignore[attr-defined]
        named = [(pack.pk, f"{pack.name} for {pack.formatted}") for pack in packs]
        field.choices = [("", "Choose a pack"), *named]  # type: ignore[attr-defined]

    def _in_minor_units(self, money: Decimal, pack: CreditPack | None) -> int | None:
        """Money as typed is in the currency of the pack that it is spent on."""
        try:
            return minor_units(money, pack.currency if pack else self.currency)
        except ValidationError as error:
            self.add_error("most_money", error)
            return None

    def clean(self) -> dict[str, Any]:
        """Auto-reload needs to know when to buy and what, and at least one must fit into the limit."""
        told: dict[str, Any] = super().clean() or {}
        pack, limit = told.get("reload_pack"), told.get("most_money")
        if limit is not None:
            limit = told["most_money"] = self._in_minor_units(limit, pack)
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
