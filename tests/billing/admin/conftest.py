"""The people who meet billing's screens, and the browser that they meet them in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from sandbox.stripe import Sandbox
from tests.billing.admin.shop import Shop, open_shop
from tests.billing.conftest import empty_account
from tests.factories.billing import UserFactory
from tests.plugins.databases import DATABASE

Visit = Callable[[str], Page]


@dataclass(frozen=True)
class ShopSite:
    """A site that runs, what is in its shop, and the Stripe it talks to."""

    address: str
    shop: Shop
    stripe: Sandbox


def signed_in(*groups: str) -> Client:
    """A browser in which a member of ``groups`` is signed in."""
    user = UserFactory()
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin(db: None) -> Client:
    """A billing admin."""
    return signed_in("Billing admins")


@pytest.fixture
def editor(db: None) -> Client:
    """An editor."""
    return signed_in("Editors")


def sign_in(page: Page, address: str) -> None:
    """Let the browser be a billing admin's; signing in has tests of its own."""
    session = signed_in("Billing admins").cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[ShopSite]:
    """One shop for all tests of a module, each of which minds its own rows; the next module's is new.

    Such tests take no ``db`` and no ``live_server``: either would empty the shop after the first of them.
    """
    with django_db_blocker.unblock(), empty_account() as stripe:
        server = LiveServer("localhost")
        server._live_server_modified_settings.enable()
        yield ShopSite(server.url, open_shop(), stripe)
        server._live_server_modified_settings.disable()
        server.stop()
        request.config.stash[DATABASE].renew()


@pytest.fixture
def visit(page: Page, site: ShopSite, complaints: list[str]) -> Visit:
    """Goes to a page of billing's admin."""
    sign_in(page, site.address)

    def go(path: str) -> Page:
        page.goto(f"{site.address}/admin/billing/{path}")
        return page

    return go
