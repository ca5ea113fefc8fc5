"""The catalog's screens in a real browser, under the admin's content security policy."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from billing.catalog.models import Feature, Plan
from billing.catalog.packs import CreditPack
from billing.catalog.queries import current_version
from billing.entitlements.models import FeatureGrant
from billing.subscriptions.models import Subscription
from billing.subscriptions.moving.models import VersionMove
from billing.subscriptions.moving.running import run_batch
from tests.billing.admin.conftest import ShopSite, Visit, sign_in
from tests.factories.billing import (
    FeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)


def row(page: Page, name: str) -> Locator:
    """A row of the list."""
    return page.locator(".result-list tbody tr", has_text=name)


def test_a_plan_is_made_row_by_row_while_its_card_follows_then_recommended_and_shown(visit: Visit) -> None:
    crew = FeatureFactory(key="crew", name="Crew", kind="limit", unit="people")
    page = visit("plans/create/")
    page.locator("#id_name").press_sequentially("Harbour crew")
    page.get_by_role("button", name="Add price").click()
    page.locator("#id_prices-0-amount").fill("19")
    page.get_by_role("button", name="Add feature").click()
    page.locator("#id_plan_features-0-feature").select_option(str(crew.pk))
    page.locator("#id_plan_features-0-value").fill("5")
    card = page.frame_locator("[data-plan-preview]")
    expect(card.get_by_role("heading", name="Harbour crew")).to_be_visible()
    expect(card.get_by_text("€19")).to_be_visible()
    expect(card.get_by_text("5 people")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Plan “Harbour crew” saved as version 1.")).to_be_visible()
    version = current_version(Plan.objects.get(key="harbour-crew"))
    assert version is not None
    assert (version.prices.get().amount, version.plan_features.get().value) == (1900, 5)
    expect(row(page, "Harbour crew")).to_contain_text("hidden")
    row(page, "Harbour crew").get_by_role("link", name="Edit").click()
    page.locator("#id_is_public").check()
    page.locator("#id_is_highlighted").check()
    page.locator("#id_badge").fill("Most crews")
    expect(card.get_by_text("Most crews")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(row(page, "Harbour crew")).to_contain_text("on sale")


def test_a_grant_is_given_looked_up_and_ended(visit: Visit) -> None:
    bert = UserFactory(email="bert@example.com")
    page = visit("grants/create/")
    page.get_by_label("Customer").fill(bert.email)
    page.locator("#id_feature").select_option(str(Feature.objects.get(key="exports").pk))
    page.locator("#id_ends_at").fill(f"{timezone.now() + timedelta(days=9):%Y-%m-%d %H:%M:%S}")
    page.locator("#id_reason").fill("Conference speaker")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("bert@example.com has “Exports” until")).to_be_visible()
    row(page, bert.email).get_by_role("link", name="End now").click()
    page.get_by_label("Why").fill("Moved on")
    page.get_by_role("button", name="End it now").click()
    expect(page.get_by_text("The grant of “Exports” is over.")).to_be_visible()
    ends_at = FeatureGrant.objects.get(customer__user=bert).ends_at
    assert ends_at is not None
    assert ends_at <= timezone.now()
    visit("audit-log/?kind=grant")
    page.get_by_role("link", name="Inspect").first.click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    expect(page.get_by_text("Moved on")).to_be_visible()


def test_a_feature_is_switched_off_and_on(visit: Visit) -> None:
    maps = FeatureFactory(key="maps", name="Maps")
    page = visit("features/")
    row(page, "Maps").get_by_role("link", name="Switch off").click()
    page.get_by_role("button", name="Switch it off for everybody").click()
    expect(page.get_by_text("“Maps” is off for everybody.")).to_be_visible()
    maps.refresh_from_db()
    assert maps.opening == "nobody"
    row(page, "Maps").get_by_role("link", name="Switch on").click()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("“Maps” is on.")).to_be_visible()


def test_customers_are_moved_followed_and_put_back(visit: Visit) -> None:
    price = PriceFactory(version=PlanVersionFactory(plan__name="Team", is_current=False))
    SubscriptionFactory.create_batch(3, price=price)
    PriceFactory(version=PlanVersionFactory(plan=price.version.plan, number=2, features={"charts": None}))
    page = visit("versions/")
    row(page, "Team, version 1").get_by_role("link", name="Move customers").click()
    expect(page.get_by_role("heading", name="3 customers would move")).to_be_visible()
    page.get_by_role("button", name="Move 3 customers").click()
    expect(page.get_by_text("0 of 3")).to_be_visible()
    move = VersionMove.objects.get(source=price.version)
    run_batch(move=move)
    expect(page.get_by_text("3 of 3")).to_be_visible()
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Put them back").click()
    expect(page.get_by_text("They are being put back.")).to_be_visible()
    move.refresh_from_db()
    run_batch(move=move)
    page.reload()
    expect(page.get_by_text("3: put back")).to_be_visible()
    moved = Subscription.objects.filter(version__plan=price.version.plan)
    assert list(moved.values_list("version__number", flat=True)) == [1, 1, 1]


def test_a_pack_is_made_and_archived(visit: Visit) -> None:
    page = visit("packs/create/")
    page.locator("#id_name").fill("30 credits")
    page.locator("#id_key").fill("tiny")
    page.locator("#id_credits").fill("30")
    page.locator("#id_amount").fill("4")
    page.get_by_role("button", name="Save").click()
    expect(row(page, "30 credits")).to_contain_text("€4.00")
    row(page, "30 credits").get_by_role("link", name="Archive").click()
    page.get_by_role("button", name="Archive the pack").click()
    expect(page.get_by_text("Pack “30 credits” is archived.")).to_be_visible()
    assert CreditPack.objects.get(key="tiny").archived_at is not None


@pytest.mark.parametrize("scripts", [True, False])
def test_plans_are_ordered_by_buttons_with_and_without_scripts(
    site: ShopSite, browser: Browser, scripts: bool
) -> None:
    *others, before, last = Plan.objects.all()
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, site.address)
    page.goto(f"{site.address}/admin/billing/plans/order/")
    page.get_by_role("button", name=f"{last} up").click()
    expect(page.locator(".billing-order li").last).to_contain_text(str(before))
    context.close()
    assert list(Plan.objects.all()) == [*others, last, before]


def test_a_customer_is_seen_in_full_and_given_a_feature_from_there(visit: Visit, site: ShopSite) -> None:
    customer = site.shop.subscriptions[0].customer
    page = visit(f"customers/inspect/{customer.pk}/")
    expect(page.get_by_text("Plan Cutter: yes")).to_be_visible()
    page.get_by_role("link", name="Give them a feature").click()
    expect(page.get_by_label("Customer")).to_have_value(customer.user.email)
