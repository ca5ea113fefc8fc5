"""The catalog's screens in a real browser, under the admin's content security policy."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from billing.catalog.models import Feature, Plan
from billing.catalog.packs import CreditPack
from billing.entitlements.models import FeatureGrant
from billing.subscriptions.models import Subscription
from billing.subscriptions.moving.models import VersionMove
from billing.subscriptions.moving.running import run_batch
from tests.billing.admin.test_plan_form_in_a_browser import complaints, sign_in
from tests.factories.billing import (
    FeatureFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)

__all__ = ["complaints"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(page: Page, live_server: Any, complaints: list[str]) -> Any:
    """Goes to a page of billing's admin."""
    sign_in(page, live_server)

    def go(path: str) -> Page:
        page.goto(f"{live_server.url}/admin/billing/{path}")
        return page

    return go


def test_a_grant_is_given_looked_up_and_ended(visit: Any) -> None:
    exports = FeatureFactory(key="exports", name="Exports")
    UserFactory(email="ada@example.com")
    page = visit("grants/create/")
    page.get_by_label("Customer").fill("ada@example.com")
    page.locator("#id_feature").select_option(str(exports.pk))
    page.locator("#id_ends_at").fill(f"{timezone.now() + timedelta(days=9):%Y-%m-%d %H:%M:%S}")
    page.locator("#id_reason").fill("Conference speaker")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("ada@example.com has “Exports” until")).to_be_visible()
    page.get_by_role("link", name="End now").click()
    page.get_by_label("Why").fill("Moved on")
    page.get_by_role("button", name="End it now").click()
    expect(page.get_by_text("The grant of “Exports” is over.")).to_be_visible()
    ends_at = FeatureGrant.objects.get().ends_at
    assert ends_at is not None
    assert ends_at <= timezone.now()
    visit("audit-log/?kind=grant")
    page.get_by_role("link", name="Inspect").first.click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    expect(page.get_by_text("Moved on")).to_be_visible()


def test_a_feature_is_switched_off_and_on(visit: Any) -> None:
    FeatureFactory(key="exports", name="Exports")
    page = visit("features/")
    page.get_by_role("link", name="Switch off").click()
    page.get_by_role("button", name="Switch it off for everybody").click()
    expect(page.get_by_text("“Exports” is off for everybody.")).to_be_visible()
    assert Feature.objects.get().opening == "nobody"
    page.get_by_role("link", name="Switch on").click()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("“Exports” is on.")).to_be_visible()


def test_customers_are_moved_followed_and_put_back(visit: Any) -> None:
    price = PriceFactory(version=PlanVersionFactory(plan__name="Team", is_current=False))
    SubscriptionFactory.create_batch(3, price=price)
    PriceFactory(version=PlanVersionFactory(plan=price.version.plan, number=2, features={"charts": None}))
    page = visit("versions/")
    page.get_by_role("link", name="Move customers").click()
    expect(page.get_by_role("heading", name="3 customers would move")).to_be_visible()
    page.get_by_role("button", name="Move 3 customers").click()
    expect(page.get_by_text("0 of 3")).to_be_visible()
    run_batch(move=VersionMove.objects.get())
    expect(page.get_by_text("3 of 3")).to_be_visible(timeout=15_000)
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Put them back").click()
    expect(page.get_by_text("They are being put back.")).to_be_visible()
    run_batch(move=VersionMove.objects.get())
    expect(page.get_by_text("3: put back")).to_be_visible(timeout=15_000)
    assert set(Subscription.objects.values_list("version__number", flat=True)) == {1}


def test_a_pack_is_made_and_archived(visit: Any) -> None:
    page = visit("packs/create/")
    page.locator("#id_name").fill("100 credits")
    page.locator("#id_key").fill("small")
    page.locator("#id_credits").fill("100")
    page.locator("#id_amount").fill("9")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("€9.00")).to_be_visible()
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("button", name="Archive the pack").click()
    expect(page.get_by_text("Pack “100 credits” is archived.")).to_be_visible()
    assert CreditPack.objects.get().archived_at is not None


@pytest.mark.parametrize("scripts", [True, False])
def test_plans_are_ordered_by_buttons_with_and_without_scripts(
    visit: Any, browser: Any, live_server: Any, scripts: bool
) -> None:
    for key in ("first", "second"):
        PriceFactory(version=PlanVersionFactory(plan__key=key, plan__name=key.title()))
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/billing/plans/order/")
    page.get_by_role("button", name="Second up").click()
    expect(page.locator(".billing-order li").first).to_contain_text("Second")
    context.close()
    assert [plan.key for plan in Plan.objects.all()] == ["second", "first"]


def test_a_customer_is_seen_in_full_and_given_a_feature_from_there(visit: Any) -> None:
    customer = SubscriptionFactory(
        price__version__features={"exports": None}, price__version__plan__name="Team"
    ).customer
    page = visit(f"customers/inspect/{customer.pk}/")
    expect(page.get_by_text("Plan Team: yes")).to_be_visible()
    page.get_by_role("link", name="Give them a feature").click()
    expect(page.get_by_label("Customer")).to_have_value(customer.user.email)
