"""Wagtail's admin does its work under a policy that allows no inline script."""

import re

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.e2e.people import sign_in
from tests.e2e.site import Site


@pytest.fixture
def refused(page: Page) -> list[str]:
    """What the browser refused to run or load."""
    found: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            found.append(message.text)

    page.on("console", listen)
    return found


def article_id(site: Site) -> str:
    """The number of an article in Wagtail's addresses."""
    code = "from wagtail.models import Page; print(Page.objects.get(slug='the-monday-page').pk)"
    return site.manage("shell", "--no-imports", "--command", code).strip().splitlines()[-1]


def test_an_editor_writes_chooses_and_previews_without_anything_refused(
    page: Page, site: Site, refused: list[str]
) -> None:
    sign_in(page, site, "editor@example.com", site.password)
    page.goto(f"{site.address}/admin/pages/{article_id(site)}/edit/")

    page.locator("#id_date").click()
    expect(page.locator(".xdsoft_datetimepicker:visible")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#id_cover-chooser").get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("button", name="Change image").first.click()
    expect(page.locator(".modal-dialog, dialog[open]").first).to_contain_text("Choose an image")
    page.locator(".modal-dialog").get_by_role("button", name="Close").first.click()
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("iframe#w-preview-iframe, iframe[title='Preview']").first
    expect(preview.get_by_role("heading", level=1)).to_be_visible()

    page.goto(f"{site.address}/admin/images/add/")
    page.goto(f"{site.address}/admin/pages/")
    assert refused == []
