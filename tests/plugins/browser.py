"""The browser of the end-to-end tests: a Chromium of this machine, or the reason why there is none."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

NAMES = (
    "chromium-headless-shell",  # costs a test a third of what a browser with windows does
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
PATIENCE = 60_000  # milliseconds until a sentence is missed: the machine may be slow, or busy
HOW_TO_GET_ONE = (
    "No Chromium was found. Install one (Debian: apt install chromium-headless-shell; "
    "macOS: brew install --cask chromium; anywhere: .venv/bin/playwright install chromium) "
    "or name one in CHROMIUM."
)
ARGUMENTS = [
    "--no-sandbox",  # Chromium's own sandbox does not work for root, which is who runs CI
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers last: Playwright's event loop stays in the thread, and no other can be started beside it."""
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], playwright: Playwright
) -> dict[str, Any]:
    """How the browser starts; without one its tests are skipped, or fail under REQUIRE_BROWSER."""
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code of ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    executable = chromium_or_reason(playwright.chromium.executable_path)
    return {**browser_type_launch_args, "executable_path": executable, "args": ARGUMENTS}


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complained about, policy violations among it; the test ends with none."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


@pytest.fixture(autouse=True)
def _no_loop_of_playwrights(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep Playwright's loop from tests that do not use it but share the process with some that do."""
    with nullcontext() if "playwright" in request.fixturenames else without_playwrights_loop():
        yield


@contextmanager
def without_playwrights_loop() -> Iterator[None]:
    """Hide the loop that Playwright leaves running in this thread, so that ``asyncio.run`` works."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


def chromium_or_reason(playwrights_own: str) -> str:
    """A browser to run; without one the test is skipped with the way to get one, or fails if it must."""
    executable = find_chromium(playwrights_own)
    if executable is None and os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(HOW_TO_GET_ONE)
    return executable or pytest.skip(HOW_TO_GET_ONE)


def find_chromium(playwrights_own: str) -> str | None:
    """CHROMIUM from the environment, else one on the path, else the one Playwright downloaded."""
    if named := os.environ.get("CHROMIUM"):
        return named
    on_the_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_the_path or (playwrights_own if Path(playwrights_own).exists() else None)
