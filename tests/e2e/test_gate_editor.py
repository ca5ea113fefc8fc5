"""An editor decides who reads what, sees it with everybody's eyes, and is told what happened."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gated_pages import logbook
from tests.e2e.looking import becomes_true, faults, overflow
from tests.e2e.people import preview_as, sign_in
from tests.e2e.site import Site
from tests.e2e.test_gate import page_id

CHOICES = ["inherit", "everyone", "members", "quota", "credits", "plans"]
WANTS = {
    "plans": "Choose the feature that a reader's plan must have.",
    "quota": "Choose a feature that plans give so many of",
    "credits": "Say how many credits open the page.",
}
CHOSEN: dict[str, tuple[dict[str, str], str, str]] = {
    "members": ({}, "Members", "Read on as a member"),
    "plans": ({"feature": "The whole Soundings library"}, "The whole Soundings", "is part of Cutter"),
    "quota": ({"feature": "Premium articles a month"}, "Quota", "Sign in to go on"),
    "credits": ({"price": "3"}, "3 credits", "Unlock this page for 3 credits"),
}
OPENED = {"Everything", "As a customer of Cutter", "As a customer of Schooner"}
ALWAYS_OPEN = ["HomePage", "PricingPage", "ContactPage"]
SECTION_CHOICES = ["members", "quota", "credits", "plans"]
KINDS = """
from home.pages.base import SitePage
print({page.specific_class.__name__: page.pk for page in SitePage.objects.live()})
"""
MARK = 20  # pixels, more than a lock and its margin
READABLE = 150  # pixels that a list keeps for titles, however narrow the window
MEMBER = "member@example.com"


@pytest.fixture(scope="module")
def pages(site: Site) -> Iterator[dict[str, int]]:
    """A section with pages for these journeys alone."""
    with logbook(site) as made:
        yield made


@pytest.fixture
def editor(page: Page, site: Site) -> Page:
    """A browser in which the editor is signed in."""
    sign_in(page, site, "editor@example.com", site.password)
    return page


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Page]:
    """Somebody in a browser of their own."""
    context = browser.new_context(base_url=site.address)
    yield context.new_page()
    context.close()


def open_access(editor: Page, site: Site, page_id: int) -> None:
    editor.goto(f"{site.address}/admin/pages/{page_id}/edit/")
    editor.get_by_role("tab", name="Access").click()
    expect(editor.locator("#id_audience")).to_be_visible()


def choose(editor: Page, audience: str, feature: str = "", price: str = "") -> None:
    editor.locator("#id_audience").select_option(audience)
    named = editor.locator("#id_audience_feature")
    named.select_option(label=feature) if feature else named.select_option("")
    editor.locator("#id_audience_credits").fill(price)


def publish(editor: Page) -> None:
    editor.locator("footer [data-w-dropdown-target=toggle]").click()
    editor.get_by_role("button", name="Publish").click()


def test_the_access_tab_of_every_kind_of_page_offers_every_choice(editor: Page, site: Site) -> None:
    printed = site.manage("shell", "--no-imports", "--command", KINDS).strip().splitlines()[-1]
    kinds = {name: int(pk) for name, pk in re.findall(r"'(\w+)': (\d+)", printed)}
    assert len(kinds) > 7
    for name in ALWAYS_OPEN:
        editor.goto(f"{site.address}/admin/pages/{kinds.pop(name)}/edit/")
        expect(editor.locator("#id_title")).to_be_visible()
        expect(editor.get_by_role("tab", name="Access")).to_have_count(0)
    for name, pk in kinds.items():
        open_access(editor, site, pk)
        offered = editor.locator("#id_audience option").evaluate_all("all => all.map(one => one.value)")
        assert offered == CHOICES, name
        expect(editor.locator("#id_audience_feature")).to_be_visible()
        expect(editor.locator("#id_audience_credits")).to_be_visible()


def test_each_choice_asks_for_what_it_needs_and_holds_at_once(
    editor: Page, visitor: Page, site: Site, pages: dict[str, int]
) -> None:
    open_access(editor, site, pages["choices"])
    for audience, missing in WANTS.items():
        choose(editor, audience)
        publish(editor)
        editor.get_by_role("tab", name="Access").click()
        expect(editor.locator(".error-message", has_text=missing)).to_be_visible()

    for audience, (given, column, paywall) in CHOSEN.items():
        open_access(editor, site, pages["choices"])
        choose(editor, audience, **given)
        publish(editor)
        expect(editor.locator(".messages")).to_contain_text("published")
        editor.goto(f"{site.address}/admin/pages/{pages['section']}/")
        expect(editor.get_by_role("row", name=re.compile("Choices"))).to_contain_text(column)
        visitor.goto("/logbook/choices/")
        expect(visitor.get_by_text("Free to read.")).to_be_visible()
        expect(visitor.locator(".qs-paywall")).to_contain_text(paywall)
        expect(visitor.get_by_text("Three fathoms.")).to_have_count(0)


def test_a_members_only_section_is_put_into_a_page_and_holds(
    editor: Page, visitor: Page, site: Site, pages: dict[str, int]
) -> None:
    editor.goto(f"{site.address}/admin/pages/{pages['parts']}/edit/")
    editor.evaluate("jQuery.fx.off = true")  # a button that still slides into place is easily missed
    editor.get_by_role("button", name="Insert a block").last.click()
    editor.get_by_role("option", name="Members-only section").click()
    audience = editor.locator("[name$=-value-audience]")
    expect(audience).to_be_visible()
    offered = audience.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert [value for value in offered if value] == SECTION_CHOICES
    audience.select_option("plans")
    editor.get_by_role("button", name="Insert a block").nth(-2).click()
    editor.get_by_role("option", name="Text").last.click()
    kept = editor.locator("input[name*='-value-content-'][name$='-value']")
    text = kept.locator("xpath=..").locator(".public-DraftEditor-content")
    text.click()
    expect(text).to_be_focused()
    editor.keyboard.type("Four fathoms.")
    expect(kept).to_have_value(re.compile("Four fathoms."))
    publish(editor)
    expect(editor.get_by_text("Choose the feature that a reader's plan must have.")).to_be_visible()
    editor.locator("[name$=-value-feature]").select_option(label="The whole Soundings library")
    publish(editor)
    expect(editor.locator(".messages")).to_contain_text("published")

    visitor.goto("/logbook/parts/")
    expect(visitor.locator("main")).to_contain_text("The whole Soundings library is part of Cutter")
    expect(visitor.get_by_text("Four fathoms.")).to_have_count(0)


def test_a_sections_readers_are_those_of_its_pages_their_document_and_picture(
    editor: Page, visitor: Page, site: Site, pages: dict[str, int]
) -> None:
    open_access(editor, site, pages["choices"])
    choose(editor, "inherit")
    publish(editor)
    open_access(editor, site, pages["section"])
    choose(editor, "members")
    publish(editor)
    editor.goto(f"{site.address}/admin/pages/{pages['section']}/")
    expect(editor.get_by_role("row", name=re.compile("Choices"))).to_contain_text("Members")

    visitor.goto("/logbook/choices/")
    expect(visitor.locator(".qs-paywall")).to_contain_text("Read on as a member")
    expect(visitor.locator("img[alt='A chart of the harbour']")).to_have_count(0)
    sign_in(visitor, site, MEMBER, site.password)
    visitor.goto("/logbook/choices/")
    picture = visitor.locator("img[alt='A chart of the harbour']")
    picture.scroll_into_view_if_needed()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    paths = [
        picture.get_attribute("src"),
        visitor.get_by_role("link", name="The handout").get_attribute("href"),
    ]
    assert str(paths[0]).startswith("/pictures/")
    assert [visitor.request.get(str(path)).status for path in paths] == [200, 200]
    visitor.context.clear_cookies()
    answers = [visitor.request.get(str(path), max_redirects=0) for path in paths]
    assert [answer.status for answer in answers] == [404, 302]
    assert b"Three fathoms." not in answers[1].body()


def test_a_page_is_previewed_as_everybody(editor: Page, site: Site) -> None:
    editor.goto(f"{site.address}/admin/pages/{page_id(site, 'how-to-read-a-bad-month')}/edit/")
    editor.get_by_role("button", name="Toggle preview").click()
    mode, panel = editor.get_by_label("Preview mode"), editor.frame_locator("#w-preview-iframe")
    expect(panel.locator("h1")).to_have_text("How to read a bad month")
    seen: set[str] = set()
    for label in mode.locator("option").all_inner_texts():
        preview_as(editor, label)
        expect(panel.locator(".qs-paywall")).to_have_count(0 if label in OPENED else 1)
        seen.add(label)
    assert seen >= {*OPENED, "As a visitor", "As a member without a plan", "As a customer of Skiff"}


def test_the_content_checks_warn_of_a_gate_nobody_passes_and_of_nothing_to_read_before_it(
    editor: Page, site: Site, pages: dict[str, int]
) -> None:
    editor.goto(f"{site.address}/admin/reports/content-checks/")
    row = editor.get_by_role("row", name=re.compile("Nobody"))
    expect(row).to_contain_text("Nobody can read its gated part")
    expect(row).to_contain_text("nothing is free to read")

    editor.set_viewport_size({"width": 360, "height": 800})
    for path in ("reports/content-checks/", "reports/gated-pages/", f"pages/{pages['section']}/"):
        editor.goto(f"{site.address}/admin/{path}")
        title = editor.locator(".listing tbody td.title").first
        assert becomes_true(editor, lambda title=title: title.evaluate("it => it.clientWidth") > READABLE), (
            f"{path} has no room for titles."
        )
        assert (overflow(editor), faults(editor)) == (0, [])


def test_locks_stand_in_cards_search_and_menus_however_narrow_the_window(visitor: Page, site: Site) -> None:
    for width, menu in ((360, ".qs-burger"), (1440, ".qs-nav")):
        visitor.set_viewport_size({"width": width, "height": 800})
        visitor.goto("/soundings/")
        card = visitor.locator(".qs-article-card", has_text="Cash is a tide table")
        expect(card.locator(".qs-badge--warning")).to_have_text("Cutter")
        visitor.goto("/search/?q=tide")
        expect(visitor.locator("main .qs-badge--warning", has_text="Cutter").first).to_be_visible()
        mark = visitor.locator("footer a", has_text="How to read a bad month").locator(".qs-lock-mark")
        expect(mark).to_contain_text("(not open to everyone)")
        line = mark.evaluate(
            "it => it.getBoundingClientRect().left - it.parentElement.getBoundingClientRect().left"
        )
        assert line > MARK, "The lock stands alone on a line of its own."

        if visitor.locator(".qs-burger").is_visible():
            visitor.locator(".qs-burger summary").click()
        gated = visitor.locator(menu).get_by_role("link", name="Workshop")
        expect(gated.locator(".qs-lock-mark svg")).to_be_visible()
        gated.click()
        expect(visitor.locator(".qs-paywall")).to_contain_text("Live workshops")
