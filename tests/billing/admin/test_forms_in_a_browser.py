"""The forms of the catalog and of grants in a browser: made, wrong, put right, refused."""

from playwright.sync_api import Locator, Page, expect

from billing.catalog.models import Feature, Plan
from billing.catalog.packs import CreditPack
from billing.catalog.queries import current_version
from billing.entitlements.models import FeatureGrant, FeatureTester
from billing.publishing.services import publish, request_publication
from tests.billing.admin.conftest import ShopSite, Visit


def save(page: Page) -> None:
    """Press the button, and wait for the answer."""
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()


def told_at(page: Page, field: str) -> Locator:
    """The message at a field."""
    wrapper = page.locator("[data-field-wrapper], .w-field__wrapper", has=page.locator(f"#id_{field}"))
    return wrapper.locator(".error-message").last


def row(page: Page, name: str) -> Locator:
    """A row of the list."""
    return page.locator(".result-list tbody tr", has_text=name)


def said(page: Page) -> Locator:
    """What the site says about what was just done."""
    return page.locator(".messages")


# Of one form: what is written, and what is told at which field.
MISTAKES: list[tuple[str, dict[str, str | bool], dict[str, str]]] = [
    (
        "plans/create/",
        {"is_default": True},
        {"is_default": "“Dinghy” is the free plan now, and there is only one."},
    ),
    (
        "plans/create/",
        {"is_public": True, "trial_days": "-1", "badge": "Best", "credits_per_period": "-5"},
        {
            "is_public": "Nobody can buy a plan without a price.",
            "trial_days": "greater than or equal to 0",
            "badge": "Only a recommended plan shows these words.",
            "credits_per_period": "Credits cannot be fewer than none.",
        },
    ),
    (
        "features/create/",
        {"default_value": "-1", "key": "Big Key", "opening_percent": "20"},
        {
            "default_value": "greater than or equal to 0",
            "key": "Use small letters, digits and underscores",
            "opening_percent": "only where it is open to some",
        },
    ),
    ("packs/create/", {"amount": "0"}, {"amount": "A price is more than nothing."}),
    (
        "packs/create/",
        {"currency": "XXX", "amount": "9"},
        {"currency": "is not a currency that Stripe takes"},
    ),
    (
        "grants/create/",
        {"email": "nobody@example.com", "reason": "Because"},
        {
            "email": "They need an account first.",
            "ends_at": "Say when it ends, or mark that it has no end",
        },
    ),
]


def test_mistakes_are_told_at_their_field_and_nothing_is_lost(visit: Visit) -> None:
    for path, fields, told in MISTAKES:
        page = visit(path)
        for name, value in fields.items():
            control = page.locator(f"#id_{name}")
            control.set_checked(value) if isinstance(value, bool) else control.fill(value)
        save(page)
        for field, message in told.items():
            expect(told_at(page, field)).to_contain_text(message)
        for name, value in fields.items():
            control = page.locator(f"#id_{name}")
            if isinstance(value, bool):
                expect(control).to_be_checked(checked=value)
            else:
                expect(control).to_have_value(value)


def test_a_price_of_one_currency_twice_is_told_at_the_second(visit: Visit) -> None:
    page = visit("plans/create/")
    page.locator("#id_name").press_sequentially("Ketch")
    for number in range(2):
        page.get_by_role("button", name="Add price").click()
        page.locator(f"#id_prices-{number}-amount").fill("19")
    save(page)
    expect(told_at(page, "prices-1-currency")).to_contain_text("There is a monthly price in EUR already.")
    page.locator("#id_prices-1-currency").fill("usd")
    page.locator("#id_is_public").check()
    save(page)
    expect(said(page)).to_contain_text("Plan “Ketch” saved as version 1.")
    version = current_version(Plan.objects.get(key="ketch"))
    assert version is not None
    assert {price.currency for price in version.prices.all()} == {"EUR", "USD"}


def test_a_plan_that_somebody_has_gets_its_next_version_and_is_copied_and_archived(visit: Visit) -> None:
    page = visit("plans/")
    row(page, "Schooner").get_by_role("link", name="Edit").click()
    page.locator("#id_trial_days").fill("30")
    save(page)
    expect(said(page)).to_contain_text("Plan “Schooner” saved as version 3.")
    row(page, "Cutter").get_by_role("link", name="Copy").click()
    expect(page.locator("#id_name")).to_have_value("Copy of Cutter")
    save(page)
    expect(said(page)).to_contain_text("Plan “Copy of Cutter” saved as version 1.")
    expect(row(page, "Copy of Cutter")).to_contain_text("$32.00 per month")
    row(page, "Schooner").get_by_role("link", name="Archive").click()
    page.get_by_role("button", name="Archive the plan").click()
    expect(said(page)).to_contain_text("nobody new can buy it, who has it keeps it")
    row(page, "Schooner").get_by_role("link", name="Restore").click()
    page.get_by_role("button", name="Restore the plan").click()
    expect(said(page)).to_contain_text("Plan “Schooner” is back, hidden for now")
    row(page, "Copy of Cutter").get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Yes, delete").click()
    expect(row(page, "Copy of Cutter")).to_have_count(0)


def test_what_somebody_uses_cannot_be_deleted(visit: Visit) -> None:
    for path, name in (("plans/", "Cutter"), ("features/", "API access"), ("grants/", "ada@example.com")):
        expect(row(visit(path), name).get_by_role("link", name="Delete")).to_have_count(0)
    page = visit("packs/")
    row(page, "100 credits").get_by_role("link", name="Delete").click()
    expect(said(page)).to_contain_text("Somebody buys this pack, or did, so it stays on record.")
    assert CreditPack.objects.filter(key="small").exists()


def test_a_feature_is_made_opened_to_a_part_and_to_people(visit: Visit) -> None:
    page = visit("features/create/")
    page.locator("#id_name").fill("Forecasts")
    page.locator("#id_key").fill("forecasts")
    page.locator("#id_opening").select_option("some")
    page.locator("#id_opening_percent").fill("20")
    page.locator("#id_people").fill("nobody@example.com")
    save(page)
    expect(told_at(page, "people")).to_contain_text("Nobody here has these addresses: nobody@example.com.")
    page.locator("#id_people").fill("Ada@example.com")
    save(page)
    expect(row(page, "Forecasts")).to_contain_text("20 % and some by name", ignore_case=True)
    made = Feature.objects.get(key="forecasts")
    assert (made.opening_percent, FeatureTester.objects.filter(feature=made).count()) == (20, 1)


def test_a_grant_is_lengthened_and_its_history_tells_it(visit: Visit, site: ShopSite) -> None:
    page = visit(f"grants/edit/{site.shop.grant.pk}/")
    expect(page.locator("#id_email")).to_be_disabled()
    page.locator("#id_ends_at").fill("")
    page.locator("#id_never_ends").check()
    save(page)
    expect(said(page)).to_contain_text("ada@example.com has “API access” without an end.")
    assert FeatureGrant.objects.get(pk=site.shop.grant.pk).never_ends
    visit(f"grants/history/{site.shop.grant.pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("API access for ada@example.com")
    expect(page.get_by_role("row", name="Edited")).to_have_count(1)
    visit(f"grants/history/{site.shop.grant.pk + 1}/")
    expect(page.get_by_text("Nobody has changed it in this admin so far.")).to_be_visible()


def test_publishing_shows_first_what_it_would_do_and_what_somebody_changed_at_stripe(
    visit: Visit, site: ShopSite
) -> None:
    page = visit("plans/")
    page.get_by_role("link", name="Publish to Stripe").click()
    expect(page.get_by_text("Create the price €29.00 per month.")).to_be_visible()
    page.get_by_role("button", name="Publish to Stripe").click()
    expect(said(page)).to_contain_text("Publishing has begun.")
    publish(publication=request_publication())
    page = visit("plans/publish/")
    expect(page.get_by_text("there is nothing to publish")).to_be_visible()
    cutter = {"name": "Cutter (old)", "description": "New"}
    site.stripe.client().v1.products.update("quickscale-cutter", cutter)
    page = visit("plans/publish/")
    expect(page.get_by_text("name is “Cutter (old)” in Stripe, “Cutter” here")).to_be_visible()
    expect(page.get_by_text("description is “New” in Stripe, “” here")).to_be_visible()
