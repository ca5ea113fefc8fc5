"""An editor changes an article and who may read it, in Wagtail's admin."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import sign_in
from tests.e2e.site import Site

SLUG = "a-meeting-that-ends-on-time"
ARTICLE = f"/soundings/{SLUG}/"


@pytest.fixture
def editor(page: Page, site: Site) -> Page:
    """A browser in which the editor is signed in."""
    sign_in(page, site, "editor@example.com", site.password)
    return page


def article_id(site: Site) -> str:
    """The number of the article in Wagtail's addresses."""
    code = f"from wagtail.models import Page; print(Page.objects.get(slug={SLUG!r}).pk)"
    return site.manage("shell", "--no-imports", "--command", code).strip().splitlines()[-1]


def test_an_editor_renames_an_article_and_gives_it_to_members_only(
    editor: Page, site: Site, page: Page
) -> None:
    visitor = page.context.browser.new_page()  # type: ignore[union-attr]
    visitor.goto(f"{site.address}{ARTICLE}")
    expect(visitor.locator(".qs-paywall")).to_have_count(0)

    editor.goto(f"{site.address}/admin/pages/{article_id(site)}/edit/")
    editor.locator("#id_title").fill("A meeting that stops")
    editor.get_by_role("tab", name="Access").click()
    editor.locator("#id_audience").select_option("members")
    editor.get_by_role("button", name="Toggle dropdown").or_(
        editor.locator("[data-w-dropdown-target=toggle].button")
    ).last.click()
    editor.get_by_role("button", name="Publish").click()
    expect(editor.get_by_text("published", exact=False).first).to_be_visible()

    visitor.goto(f"{site.address}{ARTICLE}")
    expect(visitor.get_by_role("heading", name="A meeting that stops")).to_be_visible()
    expect(visitor.locator(".qs-paywall")).to_be_visible()
    visitor.close()


def test_an_editor_sees_no_billing_in_the_menu(editor: Page, site: Site) -> None:
    editor.goto(f"{site.address}/admin/")
    menu = editor.locator("[data-wagtail-sidebar], #wagtail-sidebar").first
    expect(menu.get_by_role("button", name="Pages")).to_be_visible()
    assert "Billing" not in menu.inner_text()
