"""What stays as it is says why, and what to do instead, before it asks anything, even by a direct address."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from billing.catalog.packs import CreditPack
from billing.credits.costs import CreditCost
from billing.credits.grants import Terms, grant
from billing.credits.models import CreditEntry
from billing.credits.purchase_models import CreditPurchase
from billing.credits.services import reverse as give_back
from billing.credits.services import spend
from billing.entitlements.models import FeatureGrant
from billing.notices.models import Alert, NoticeWording
from billing.subscriptions.moving.models import VersionMove
from tests.billing.audits.test_discrepancy_admin import discrepancy
from tests.factories.billing import (
    FeatureFactory,
    PlanFactory,
    PlanFeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    StripeCustomerFactory,
    SubscriptionFactory,
)

NOW = timezone.now()
DAY = timedelta(days=1)


def granted(**fields) -> FeatureGrant:
    fields = {"starts_at": NOW - DAY, "ends_at": NOW + DAY, "reason": "Chance", **fields}
    return FeatureGrant.objects.create(customer=StripeCustomerFactory(), feature=FeatureFactory(), **fields)


def pack(**fields) -> CreditPack:
    return CreditPack.objects.create(key="small", name="Small", credits=100, amount=900, **fields)


def bought() -> CreditPack:
    small = pack()
    CreditPurchase.objects.create(
        customer=StripeCustomerFactory(), pack=small, credits=100, amount=900, currency="EUR", quantity=1
    )
    return small


def cost() -> CreditCost:
    return CreditCost.objects.create(
        feature=FeatureFactory(), unit="report", amount=2, effective_from=NOW - DAY
    )


def moved(state: str) -> VersionMove:
    price = PriceFactory()
    SubscriptionFactory(price=price)
    target = PlanVersionFactory(plan=price.version.plan, number=2, is_current=False)
    return VersionMove.objects.create(source=price.version, target=target, state=state)


def given_back() -> CreditEntry:
    payer = StripeCustomerFactory()
    grant(customer=payer, amount=5, terms=Terms("admin", "k"))
    spent = spend(customer=payer, amount=2, key="spent").entry_id
    give_back(entry_id=spent, key="back")
    return CreditEntry.objects.get(pk=spent)


def closed() -> Alert:
    return Alert.objects.create(rule="webhook_parked", subject="evt", sentence="Stuck.", closed_at=NOW)


KEPT: dict[str, tuple[str, Callable[[], Model], str]] = {
    "delete a plan with customers": (
        "plans_modeladmin_delete", lambda: SubscriptionFactory().version.plan, "Archive it instead.",
    ),
    "delete the free plan": (
        "plans_modeladmin_delete", lambda: PlanFactory(is_default=True), "Make another plan the free one",
    ),
    "archive the free plan": (
        "plans_modeladmin_move", lambda: PlanFactory(is_default=True), "Make another plan the free one",
    ),
    "delete a feature that a plan gives": (
        "features_modeladmin_delete", lambda: PlanFeatureFactory().feature, "You can switch it off.",
    ),
    "delete a feature that was granted": (
        "features_modeladmin_delete", lambda: granted().feature, "You can switch it off.",
    ),
    "delete a pack that was bought": ("packs_modeladmin_delete", bought, "Archive it instead."),
    "delete a pack that Stripe knows": (
        "packs_modeladmin_delete", lambda: pack(stripe_product_id="known"), "Archive it instead.",
    ),
    "delete a grant": ("grants_modeladmin_delete", granted, "End the grant instead."),
    "edit a grant that is over": (
        "grants_modeladmin_edit", lambda: granted(ends_at=NOW), "Give a new one instead.",
    ),
    "end a grant that is over": (
        "grants_modeladmin_end", lambda: granted(ends_at=NOW), "Give a new one instead.",
    ),
    "edit a cost that has begun": ("credit-costs_modeladmin_edit", cost, "Add one that begins later"),
    "delete a cost that has begun": ("credit-costs_modeladmin_delete", cost, "Add one that begins later"),
    "delete the words of a notice": (
        "wording_modeladmin_delete", NoticeWording.objects.first, "go back to the words that come with it",
    ),
    "close a closed alert": ("alerts_modeladmin_close", closed, "you are told again."),
    "move customers twice at once": (
        "versions_modeladmin_customers", lambda: moved("running").source, "Wait for it, or undo it.",
    ),
    "move nobody": ("versions_modeladmin_customers", lambda: PriceFactory().version, "nobody to move"),
    "undo what is undone": ("moves_modeladmin_undo", lambda: moved("undone"), "begin another at “Versions”"),
    "try a move again that failed for nobody": (
        "moves_modeladmin_again", lambda: moved("done"), "nobody to try again",
    ),
    "settle what is settled": (
        "discrepancies_modeladmin_settle", lambda: discrepancy(state="ignored"), "it is listed again",
    ),
    "give back what came back": ("credits_give_back", given_back, "All of it was given back before."),
}  # fmt: skip


@pytest.mark.parametrize("case", KEPT)
def test_it_is_told_before_anything_is_asked(admin, editor, case):
    name, make, words = KEPT[case]
    row = make()
    stored = type(row).objects.filter(pk=row.pk).values()
    before, address = list(stored), reverse(f"billing_{name}", args=[row.pk])
    asks = [admin.get] if name == "credits_give_back" else [admin.get, admin.post]
    for ask in asks:
        answer = ask(address, follow=True)
        [(_, status)] = answer.redirect_chain
        assert (status, answer.status_code) == (302, 200)
        assert words in " ".join(str(message) for message in answer.context["messages"])
    assert list(stored) == before
    assert editor.get(address).url == reverse("wagtailadmin_home")


def test_what_may_go_is_asked_about(admin):
    later = CreditCost.objects.create(
        feature=FeatureFactory(), unit="report", amount=Decimal(2), effective_from=NOW + DAY
    )
    for name, row in (("features", FeatureFactory()), ("packs", pack()), ("credit-costs", later)):
        address = reverse(f"billing_{name}_modeladmin_delete", args=[row.pk])
        assert "Yes, delete" in admin.get(address).content.decode()
        admin.post(address)
        assert not type(row).objects.filter(pk=row.pk).exists()
