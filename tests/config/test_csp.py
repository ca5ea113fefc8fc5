"""The Content-Security-Policy allows no inline code on the public site."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/no-such-page/"])
def test_the_public_policy_forbids_inline_scripts_and_styles(client: Client, address: str) -> None:
    policy = client.get(address)["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "object-src 'none'" in policy


def test_the_admin_policy_keeps_scripts_strict(admin_client: Client) -> None:
    policy = admin_client.get("/admin/")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
    assert "unsafe-inline" not in directives["script-src"]


def test_the_remembered_policy_is_the_one_that_was_worked_out(client: Client, admin_client: Client) -> None:
    first = client.get("/healthz")["Content-Security-Policy"]
    admins = admin_client.get("/admin/")["Content-Security-Policy"]
    assert client.get("/healthz")["Content-Security-Policy"] == first
    assert admin_client.get("/healthz")["Content-Security-Policy"] == first != admins
    assert admin_client.get("/admin/")["Content-Security-Policy"] != first


@pytest.mark.parametrize("page", ["checkout", "billing", "invoice"])
def test_a_form_may_lead_to_each_of_stripes_own_pages(client: Client, page: str) -> None:
    assert f"https://{page}.stripe.com" in client.get("/healthz")["Content-Security-Policy"]
