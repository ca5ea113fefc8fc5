"""What plans gave and cost over time; and every price with its counterpart at Stripe."""

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from billing.catalog.cards import amount_in_words
from billing.catalog.models import PlanVersion, Price
from billing.catalog.queries import customers_of
from billing.screens import ReadOnlyAdmin, described, stacked, status_tag


class PlanVersionAdmin(ReadOnlyAdmin):
    """The history of every plan."""

    model = PlanVersion
    menu_label = "Versions"
    menu_icon = "history"
    base_url_path = "billing/versions"
    export_filename = "plan-versions"
    empty_text = (
        "Every plan has a first version as soon as it is saved. Changing a plan that customers have adds one."
    )
    list_display = ["__str__", "state", "price_list", "trial_days", "customers", "created_at"]
    list_export = ["plan", "number", "is_current", "price_text", "trial_days", "customers", "created_at"]
    list_filter = ["plan", "is_current"]
    search_fields = ["plan__name", "plan__key"]
    ordering = ["plan__position", "plan__key", "-number"]
    inspect_view_fields = [
        "plan",
        "number",
        "is_current",
        "created_at",
        "trial_days",
        "grace_days",
        "credits_per_period",
        "credits_rollover",
        "credits_cap",
        "price_list",
        "feature_lines",
        "customer_lines",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanVersion]:
        """Versions with their prices and the number of their customers."""
        living = Q(subscriptions__isnull=False, subscriptions__ended_at=None)
        customers = Count("subscriptions__customer", filter=living, distinct=True)
        versions: QuerySet[PlanVersion] = PlanVersion.objects.select_related("plan").annotate(
            customer_count=customers
        )
        return versions.prefetch_related("prices")

    @described("state", order="is_current")
    def state(self, version: PlanVersion) -> SafeString:
        """Whether new customers get it."""
        return status_tag("current", primary=True) if version.is_current else status_tag("earlier")

    @described("prices")
    def price_list(self, version: PlanVersion) -> SafeString:
        """One per line."""
        return stacked(_price_words(version))

    @described("prices")
    def price_text(self, version: PlanVersion) -> str:
        """In one cell of a spreadsheet."""
        return "; ".join(_price_words(version))

    @described("gives")
    def feature_lines(self, version: PlanVersion) -> SafeString:
        """Every feature, with how much of it."""
        rows = version.plan_features.select_related("feature")
        return stacked(amount_in_words(row.feature, row.value) for row in rows)

    @described("customers", order="customer_count")
    def customers(self, version: PlanVersion) -> int:
        """How many hold it now."""
        return version.customer_count  # type: ignore[no-any-return]

    @described("customers")
    def customer_lines(self, version: PlanVersion) -> str:
        """How many hold it now, on its own page."""
        return str(customers_of(PlanVersion.objects.filter(pk=version.pk)))


class PriceAdmin(ReadOnlyAdmin):
    """Every price, and what Stripe calls it. Prices are edited with their plan."""

    model = Price
    menu_label = "Prices"
    menu_icon = "dots-horizontal"
    base_url_path = "billing/prices"
    export_filename = "prices"
    empty_text = (
        "What a plan costs each month or year, in each currency. "
        "Prices are written on the form of their plan: the first comes with the first plan that is sold."
    )
    list_display = ["version", "interval", "money", "state", "stripe_price_id"]
    list_export = ["version", "interval", "currency", "amount", "state_text", "stripe_price_id"]
    list_filter = ["interval", "currency", "version__plan"]
    list_select_related = ["version__plan"]
    search_fields = ["version__plan__name", "version__plan__key", "stripe_price_id"]
    ordering = ["version__plan__position", "version__plan__key", "-version__number", "currency", "interval"]
    inspect_view_fields = [
        "version",
        "interval",
        "money",
        "state_text",
        "stripe_price_id",
    ]

    @described("amount", order="amount")
    def money(self, price: Price) -> str:
        """The amount as customers read it."""
        return price.formatted

    @described("state")
    def state(self, price: Price) -> SafeString:
        """Whether somebody new can buy it."""
        words = self.state_text(price)
        return status_tag(words, primary=words == "on sale")

    @described("state")
    def state_text(self, price: Price) -> str:
        """The same in words."""
        if not price.version.is_current or price.version.plan.archived_at:
            return "kept for those who have it"
        return "on sale" if price.stripe_price_id else "not at Stripe yet"


def _price_words(version: PlanVersion) -> list[str]:
    return [f"{price.formatted} {price.per}" for price in version.prices.all()]
