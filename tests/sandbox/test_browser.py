"""The end-to-end tests' browser: found where machines keep it, and able to drive the site."""

import asyncio
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.plugins.browser import chromium_or_reason, find_chromium, without_playwrights_loop


def test_the_browser_shows_the_site(live_server: object, page: Page) -> None:
    page.goto(f"{live_server}/healthz")

    expect(page.locator("body")).not_to_be_empty()


def test_the_browsers_loop_is_kept_out_of_the_way_of_other_tests(playwright: Playwright) -> None:
    async def answer() -> int:
        return 42

    with without_playwrights_loop():
        assert asyncio.run(answer()) == 42
    assert asyncio._get_running_loop() is not None


def test_a_named_chromium_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/my/chromium")

    assert find_chromium("/nowhere") == "/opt/my/chromium"


def test_without_a_browser_a_test_is_skipped_with_the_way_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.plugins.browser.find_chromium", lambda _: None)
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)

    with pytest.raises(pytest.skip.Exception, match="apt install chromium"):
        chromium_or_reason("/nowhere")


def test_without_a_browser_that_is_required_a_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.plugins.browser.find_chromium", lambda _: None)
    monkeypatch.setenv("REQUIRE_BROWSER", "1")

    with pytest.raises(pytest.fail.Exception, match="No Chromium was found"):
        chromium_or_reason("/nowhere")


def test_playwrights_own_is_the_last_resort(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    own = tmp_path / "chrome-of-playwright"

    assert find_chromium(str(own)) is None
    own.touch()
    assert find_chromium(str(own)) == str(own)
