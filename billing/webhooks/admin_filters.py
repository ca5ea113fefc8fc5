"""How the list of events is narrowed down, by questions that its indexes answer."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from billing.customers.models import StripeCustomer
from billing.webhooks.events import EVENTS, THIN_EVENTS
from billing.webhooks.models import InboxEvent

FAMILIES = {
    "subscriptions": ("customer.subscription.", "entitlements."),
    "checkouts": ("checkout.",),
    "invoices": ("invoice.", "credit_note."),
    "cards": ("payment_method.", "customer.source."),
    "customers": ("customer.updated", "customer.deleted"),
    "payments": ("charge.succeeded",),
    "refunds": ("charge.refunded", "refund."),
    "disputes": ("charge.dispute.",),
    "catalog": ("product.", "price."),
    "meters": ("v1.billing.meter.",),
}
DAYS = 14


class FamilyFilter(SimpleListFilter):
    """By what the events are about; a single type is found by ``type=``."""

    title = "about"
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every family."""
        return [(name, name.capitalize()) for name in FAMILIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InboxEvent]) -> QuerySet[InboxEvent]:
        """The types of the family."""
        beginnings = FAMILIES.get(self.value() or "")
        if not beginnings:
            return queryset
        return queryset.filter(
            type__in=[name for name in (*EVENTS, *THIN_EVENTS) if name.startswith(beginnings)]
        )


class DayFilter(SimpleListFilter):
    """By the day on which they came, in UTC."""

    title = "day"
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The last two weeks."""
        today = timezone.now().date()
        days = [today - timedelta(days=number) for number in range(DAYS)]
        return [(day.isoformat(), f"{day:%a %d %b}") for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InboxEvent]) -> QuerySet[InboxEvent]:
        """From midnight to midnight."""
        if self.value() is None:
            return queryset
        try:
            day = datetime.combine(date.fromisoformat(str(self.value())), time(), tzinfo=UTC)
            return queryset.filter(received_at__gte=day, received_at__lt=day + timedelta(days=1))
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error


class CustomerFilter(SimpleListFilter):
    """The events of one customer: chosen on an event's page, so it shows only who was chosen."""

    title = "customer"
    parameter_name = "customer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Whoever was chosen."""
        value = str(self.value())
        if not value.isdecimal():
            return []
        chosen = StripeCustomer.objects.filter(pk=int(value[:18])).select_related("user")
        return [(value, customer.user.email) for customer in chosen]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InboxEvent]) -> QuerySet[InboxEvent]:
        """Theirs."""
        value = str(self.value())
        return queryset.filter(customer_id=int(value[:18])) if value.isdecimal() else queryset
