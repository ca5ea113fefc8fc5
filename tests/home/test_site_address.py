"""Absolute links lead to the address in the settings."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from wagtail.models import Site

from tests.factories.home import StandardPageFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://shop.example", "shop.example", 443),
        ("http://shop.example", "shop.example", 80),
        ("http://127.0.0.1:8100", "127.0.0.1", 8100),
    ],
)
def test_a_site_that_moved_links_to_its_new_address(
    settings: Any, address: str, host: str, port: int
) -> None:
    page = StandardPageFactory()
    settings.SITE_URL = address
    said = StringIO()

    call_command("site_address", stdout=said)

    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == (host, port)
    assert page.get_full_url() == f"{address}/{page.slug}/"
    assert address in said.getvalue()
