"""Every list of billing in the admin: who sees it, what it shows, and what it costs."""

import io
import re
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.admin.icons import get_icons

from billing.catalog.packs import CreditPack
from billing.customers.models import StripeCustomer
from billing.entitlements.services import grant_feature
from billing.notices.wording_admin import WordingAdmin
from billing.publishing.models import Publication
from billing.subscriptions.moving.models import VersionMove
from billing.wagtail_hooks import BillingGroup
from tests.factories.billing import (
    CheckoutAttemptFactory,
    FeatureFactory,
    InboxEventFactory,
    InvoiceFactory,
    PlanVersionFactory,
    PriceFactory,
    StripeCustomerFactory,
    SubscriptionFactory,
)

LISTS = [
    "plans",
    "features",
    "versions",
    "prices",
    "customers",
    "subscriptions",
    "events",
    "publications",
    "packs",
    "grants",
    "moves",
    "audit-log",
]
READ_ONLY = [
    "versions",
    "prices",
    "customers",
    "subscriptions",
    "events",
    "publications",
    "moves",
    "audit-log",
]


def test_every_line_of_the_menus_has_an_icon_that_exists(admin):
    home = admin.get(reverse("wagtailadmin_home")).content.decode()
    named = set(re.findall(r'"icon_name": "([^"]+)"', home))
    assert len(named) > 15
    assert named <= set(re.findall(r'id="icon-([^"]+)"', get_icons()))


def index(name: str) -> str:
    return reverse(f"billing_{name}_modeladmin_index")


def fill(count: int) -> None:
    """``count`` rows for every list, each with everything a list may show of it."""
    for number in range(count):
        subscription = SubscriptionFactory(
            price=PriceFactory(version=PlanVersionFactory(features={"seats": 3}))
        )
        PriceFactory(version=PlanVersionFactory(plan=subscription.version.plan, number=2, is_current=False))
        feature = FeatureFactory(unit="seats", period="month", kind="limit")
        grant_feature(user=subscription.customer.user, feature=feature, value=number, reason="Chance")
        VersionMove.objects.create(
            source=subscription.version, target=subscription.version, requested_by=subscription.customer.user
        )
        CreditPack.objects.create(key=f"pack-{feature.pk}", name="Pack", credits=5, amount=900)
        InboxEventFactory(customer=subscription.customer)
        CheckoutAttemptFactory(price=subscription.price, customer=subscription.customer)
        Publication.objects.create(
            is_live_mode=False,
            requested_by=subscription.customer.user,
            changes=[{"plan": "a", "sentence": "b"}] * number,
        )


def test_every_list_that_is_empty_says_what_will_appear_and_when(admin):
    begins = [kind for kind in BillingGroup.items if kind is not WordingAdmin]  # its rows come with the site
    for kind in begins:
        content = admin.get(f"/admin/{kind.base_url_path}/").content.decode()
        assert "billing-empty" in content
        assert " yet</h2>" in content
        assert f"<p>{kind.empty_text}</p>" in unescape(content)
        assert len(kind.empty_text) > 50, kind
    assert len(begins) == 21


@pytest.mark.parametrize("name", LISTS)
def test_editors_are_sent_away_and_visitors_to_the_sign_in(editor, client, name):
    response = editor.get(index(name))
    assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home"))
    assert "login" in client.get(index(name)).url


def test_only_billing_admins_see_the_menu(admin, editor):
    home = reverse("wagtailadmin_home")
    assert index("plans") in admin.get(home).content.decode()
    assert index("plans") not in editor.get(home).content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_one_row_and_with_thirty(admin, name):
    fill(1)
    admin.get(index(name))
    with CaptureQueriesContext(
        connection,
    ) as one:
        admin.get(index(name))
    fill(29)
    with CaptureQueriesContext(connection) as thirty:
        response = admin.get(index(name))
    assert response.status_code == 200
    assert len(thirty) == len(one)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_can_be_taken_away_as_a_spreadsheet(admin, name, kind):
    fill(2)
    response = admin.get(index(name), {"export": kind})
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if kind == "xlsx":
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.rows)
    else:
        rows = content.decode().strip().splitlines()
    assert len(rows) > 2


@pytest.mark.parametrize(
    "query",
    ["plan__id__exact=abc", "foo=bar", "q=%00", "export=csv&plan__id__exact=x", "created_at__gte=abc"],
)
def test_a_filter_that_makes_no_sense_leads_back_to_the_whole_list(admin, query):
    fill(2)
    response = admin.get(f"{index('versions')}?{query}", follow=True)
    assert response.redirect_chain == [(index("versions"), 302)]
    assert "That filter does not exist" in response.content.decode()


@pytest.mark.parametrize("query", ["o=99", "o=x", "o=-", "p=99999", "p=x", "state=zzz"])
def test_an_order_or_page_that_makes_no_sense_is_ignored(admin, query):
    fill(1)
    assert admin.get(f"{index('plans')}?{query}").status_code == 200


@pytest.mark.parametrize("tail", ["edit/abc", "move/abc", "history/abc", "edit/999999999999999999999"])
def test_a_row_that_does_not_exist_is_not_found(admin, tail):
    assert admin.get(f"{index('plans')}{tail}/").status_code == 404


def test_what_a_stranger_typed_is_no_formula_in_a_spreadsheet(admin):
    StripeCustomerFactory(user__email="=1+2@example.com")
    response = admin.get(index("customers"), {"export": "csv"})
    assert "'=1+2@example.com" in b"".join(response.streaming_content).decode()


def test_what_a_stranger_typed_is_text_in_excel_too(admin):
    StripeCustomerFactory(user__email="=1+2@example.com")
    response = admin.get(index("customers"), {"export": "xlsx"})
    content = b"".join(response.streaming_content) if response.streaming else response.content
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
    assert (cell.value, cell.data_type) == ("=1+2@example.com", "s")


@pytest.mark.parametrize("name", ["plans", "features", "packs", "grants"])
def test_what_is_edited_can_also_be_looked_at_in_full(admin, name):
    fill(1)
    row = admin.get(index(name)).context["object_list"][0]
    response = admin.get(reverse(f"billing_{name}_modeladmin_inspect", args=[row.pk]))
    assert response.status_code == 200


@pytest.mark.parametrize("name", READ_ONLY)
def test_rows_that_services_write_can_be_read_in_full_and_not_changed(admin, name):
    fill(1)
    listed = admin.get(index(name))
    pk = listed.context["object_list"][0].pk
    assert admin.get(reverse(f"billing_{name}_modeladmin_inspect", args=[pk])).status_code == 200
    for action in ("edit", "delete"):
        for ask in (admin.get, admin.post):
            response = ask(reverse(f"billing_{name}_modeladmin_{action}", args=[pk]), follow=True)
            assert response.redirect_chain == [(index(name), 302)]
            assert "This list writes itself" in " ".join(map(str, response.context["messages"]))
    assert not listed.context["user_can_create"]
    assert admin.get(reverse(f"billing_{name}_modeladmin_create")).status_code == 302


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("plans", "harbour"),
        ("features", "harbour"),
        ("versions", "harbour"),
        ("prices", "harbour"),
        ("customers", "harbour@example.com"),
        ("subscriptions", "harbour@example.com"),
        ("events", "harbour@example.com"),
    ],
)
def test_lists_find_what_is_searched_for(admin, name, term):
    fill(2)
    FeatureFactory(key="harbour")
    customer = StripeCustomerFactory(user__email="harbour@example.com")
    price = PriceFactory(version__plan__key="harbour")
    SubscriptionFactory(price=price, customer=customer)
    InboxEventFactory(customer=customer)
    assert len(admin.get(index(name), {"q": term}).context["object_list"]) == 1
    assert len(admin.get(index(name), {"q": "nowhere"}).context["object_list"]) == 0


@pytest.mark.parametrize(("state", "found"), [("sale", 1), ("hidden", 1), ("archived", 1), ("", 3)])
def test_plans_are_filtered_by_where_customers_meet_them(admin, state, found):
    PlanVersionFactory()
    PlanVersionFactory(plan__is_public=False)
    PlanVersionFactory(plan__archived_at="2026-01-01T00:00Z", plan__is_public=False)
    assert len(admin.get(index("plans"), {"state": state}).context["object_list"]) == found


def test_customers_show_what_they_have_now_and_not_what_ended(admin):
    customer: StripeCustomer = StripeCustomerFactory()
    SubscriptionFactory(customer=customer, price__version__plan__name="Sloop")
    ended = SubscriptionFactory(customer=customer, price__version__plan__name="Raft", status="canceled")
    ended.ended_at = ended.current_period_end
    ended.save()
    content = admin.get(index("customers")).content.decode()
    assert "Sloop, version 1 (active)" in content
    assert "Raft, version 1 (" not in content


def test_a_row_in_full_tells_sums_with_their_currency_and_none_as_a_number(admin):
    invoice = InvoiceFactory(total=1900, amount_paid=1900)
    content = admin.get(f"/admin/billing/invoices/inspect/{invoice.pk}/").content.decode()
    assert content.count("€19.00") == 2
    assert content.count("€0.00") == 3
    assert "<dd>0</dd>" in "".join(content.split())
