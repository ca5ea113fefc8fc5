"""Accounts, lots, entries and purchases in lists; nobody edits them: a correction is a new entry."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.credits.admin.filters import FeatureFilter
from billing.credits.models import CreditAccount, CreditEntry, CreditLot
from billing.credits.purchase_models import CreditPurchase
from billing.credits.telling import in_figures
from billing.screens import ReadOnlyAdmin, described, status_tag


class CreditAccountAdmin(ReadOnlyAdmin):
    """Who has how many credits, with the way to give some and to take some back."""

    model = CreditAccount
    menu_label = "Credit accounts"
    menu_icon = "user"
    base_url_path = "billing/credit-accounts"
    export_filename = "credit-accounts"
    empty_text = "An account appears with a customer's first credits: from a plan, a purchase or a grant."
    list_display = ["email", "spendable", "set_aside", "owed", "state", "correct"]
    list_export = ["email", "available", "held", "debt", "next_event_at", "frozen_at"]
    list_filter = ["frozen_at", "created_at"]
    list_select_related = ["customer__user"]
    search_fields = ["customer__user__email", "customer__stripe_id"]
    ordering = ["-available"]
    inspect_view_fields = [
        "email", "spendable", "set_aside", "owed", "state", "next_event_at", "frozen_at", "watch_below",
        "created_at", "correct",
    ]  # fmt: skip

    @described("customer", order="customer__user__email")
    def email(self, account: CreditAccount) -> str:
        """The address of who pays."""
        return account.customer.user.email

    @described("to spend", order="available")
    def spendable(self, account: CreditAccount) -> str:
        """What can be spent."""
        return in_figures(account.available)

    @described("held", order="held")
    def set_aside(self, account: CreditAccount) -> str:
        """What work in progress holds."""
        return in_figures(account.held)

    @described("debt", order="debt")
    def owed(self, account: CreditAccount) -> str:
        """What was spent and then refunded."""
        return in_figures(account.debt)

    @described("state", order="frozen_at")
    def state(self, account: CreditAccount) -> SafeString:
        """Frozen, in debt, or as it should be."""
        if account.frozen:
            return status_tag("frozen: disputed payment")
        return status_tag("in debt") if account.debt else status_tag("open", primary=True)

    @described("correct")
    def correct(self, account: CreditAccount) -> SafeString:
        """The way to a correction."""
        address = reverse("billing_credits_adjust", args=[account.customer_id])
        return format_html('<a href="{}">Give or take back</a>', address)


class CreditLotAdmin(ReadOnlyAdmin):
    """Every lot: where credits came from, how much is left, when they end."""

    model = CreditLot
    menu_label = "Credit lots"
    menu_icon = "folder-open-inverse"
    base_url_path = "billing/credit-lots"
    export_filename = "credit-lots"
    empty_text = (
        "A lot is credits that came together and end together. "
        "One appears with each paid period of a plan with credits, each purchase and each grant."
    )
    list_display = ["email", "source", "came", "left", "state", "expires_at", "created_at"]
    list_export = [
        "email", "source", "source_ref", "category", "granted", "remaining", "state", "effective_at",
        "expires_at", "reason", "payment_intent", "origin", "created_at",
    ]  # fmt: skip
    list_filter = ["state", "source", "category", "expires_at"]
    list_select_related = ["account__customer__user"]
    search_fields = ["account__customer__user__email", "source_ref", "payment_intent"]
    inspect_view_fields = [
        "email", "source", "source_ref", "category", "came", "left", "state", "effective_at", "expires_at",
        "reason", "payment_intent", "origin", "created_at",
    ]  # fmt: skip

    @described("customer", order="account__customer__user__email")
    def email(self, lot: CreditLot) -> str:
        """Whose credits they are."""
        return lot.account.customer.user.email

    @described("granted", order="granted")
    def came(self, lot: CreditLot) -> str:
        """How many there were."""
        return in_figures(lot.granted)

    @described("remaining", order="remaining")
    def left(self, lot: CreditLot) -> str:
        """How many are left."""
        return in_figures(lot.remaining)


class CreditEntryAdmin(ReadOnlyAdmin):
    """The ledger, line by line."""

    model = CreditEntry
    menu_label = "Credit entries"
    menu_icon = "list-ol"
    base_url_path = "billing/credit-entries"
    export_filename = "credit-entries"
    empty_text = (
        "The ledger: each grant, spend, expiry and correction is a line here, for ever. "
        "The first appears with the first credits that a customer gets."
    )
    list_display = ["email", "kind", "signed", "about", "balance", "created_at", "give_back"]
    list_export = [
        "id", "email", "kind", "amount", "balance_after", "feature", "reference", "reason", "key", "by",
        "created_at",
    ]  # fmt: skip
    list_filter = ["kind", FeatureFilter, "created_at"]
    list_select_related = ["account__customer__user", "by"]
    search_fields = ["account__customer__user__email", "reference", "key", "reason"]
    inspect_view_fields = [
        "id", "email", "kind", "signed", "balance", "feature", "reference", "reason", "key", "by",
        "created_at", "moved", "give_back",
    ]  # fmt: skip

    @described("customer", order="account__customer__user__email")
    def email(self, entry: CreditEntry) -> str:
        """Whose line it is."""
        return entry.account.customer.user.email

    @described("credits", order="amount")
    def signed(self, entry: CreditEntry) -> str:
        """The amount with its direction."""
        return f"+{in_figures(entry.amount)}" if entry.amount > 0 else in_figures(entry.amount)

    @described("balance after", order="balance_after")
    def balance(self, entry: CreditEntry) -> str:
        """What the account was worth afterwards."""
        return in_figures(entry.balance_after)

    @described("about")
    def about(self, entry: CreditEntry) -> str:
        """What was said about it."""
        return " · ".join(filter(None, (entry.feature, entry.reason or entry.reference)))

    @described("moved")
    def moved(self, entry: CreditEntry) -> str:
        """Which lots it moved."""
        rows = entry.allocations.select_related("lot").order_by("pk")
        return "; ".join(f"{in_figures(row.amount)} of {row.lot or 'the debt'}" for row in rows)

    @described("give back")
    def give_back(self, entry: CreditEntry) -> SafeString | str:
        """The way to give a spend back."""
        if entry.kind not in (CreditEntry.Kind.SPEND, CreditEntry.Kind.CORRECT):
            return ""
        return format_html(
            '<a href="{}">Give back</a>', reverse("billing_credits_give_back", args=[entry.pk])
        )


class CreditPurchaseAdmin(ReadOnlyAdmin):
    """What was bought: on Stripe's page, with a saved card, by auto-reload."""

    model = CreditPurchase
    menu_label = "Credit purchases"
    menu_icon = "pick"
    base_url_path = "billing/credit-purchases"
    export_filename = "credit-purchases"
    empty_text = (
        "Packs that customers buy, with what became of the payment. "
        "A purchase appears as soon as somebody chooses a pack."
    )
    list_display = ["email", "pack", "quantity", "money", "way", "status", "created_at"]
    list_export = [
        "email", "pack", "quantity", "credits", "amount", "currency", "way", "status", "reference",
        "stripe_payment_intent_id", "created_at", "paid_at",
    ]  # fmt: skip
    list_filter = ["status", "way", "pack", "currency", "created_at"]
    list_select_related = ["customer__user", "pack"]
    search_fields = ["customer__user__email", "reference", "stripe_payment_intent_id"]
    inspect_view_fields = [
        "email", "pack", "quantity", "bought", "money", "way", "status", "reference",
        "stripe_payment_intent_id", "created_at", "paid_at",
    ]  # fmt: skip

    @described("customer", order="customer__user__email")
    def email(self, purchase: CreditPurchase) -> str:
        """Who bought."""
        return purchase.customer.user.email

    @described("price", order="amount")
    def money(self, purchase: CreditPurchase) -> str:
        """What it cost."""
        return purchase.formatted

    @described("credits", order="credits")
    def bought(self, purchase: CreditPurchase) -> str:
        """How many come with it."""
        return in_figures(purchase.credits)
