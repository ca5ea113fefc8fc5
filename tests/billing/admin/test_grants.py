"""Grants in the admin: given, changed, ended; each mistake at its field."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.api import check
from billing.audits.models import AuditEntry
from billing.entitlements.models import FeatureGrant
from billing.entitlements.services import grant_feature
from tests.factories.billing import FeatureFactory, UserFactory

CREATE = "/admin/billing/grants/create/"
INDEX = "/admin/billing/grants/"


def sent(given, **fields) -> dict:
    return {
        "email": "ada@example.com",
        "feature": given.pk,
        "value": "",
        "starts_at": "2026-01-01 00:00",
        "ends_at": "2999-01-01 00:00:59",
        "reason": "Conference speaker",
        **fields,
    }


@pytest.fixture
def ada(db):
    return UserFactory(email="ada@example.com")


@pytest.fixture
def exports(db):
    return FeatureFactory(key="exports", name="Exports")


def test_a_grant_is_given_from_the_form(admin, ada, exports):
    response = admin.post(CREATE, sent(exports), follow=True)
    grant = FeatureGrant.objects.get()
    assert (grant.customer.user, grant.feature, grant.reason) == (ada, exports, "Conference speaker")
    assert grant.granted_by is not None
    assert "ada@example.com has “Exports” until 2999-01-01 00:00:59 UTC." in response.content.decode()
    assert check(type(ada).objects.get(pk=ada.pk), "exports").allowed
    entry = AuditEntry.objects.filter(kind="grant").get()
    assert (entry.why, entry.origin) == ("Conference speaker", "admin")


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"email": "nobody@example.com"}, "email", "Nobody here has the address nobody@example.com."),
        ({"email": ""}, "email", "This field is required."),
        ({"feature": ""}, "feature", "This field is required."),
        ({"reason": ""}, "reason", "This field is required."),
        ({"ends_at": ""}, "ends_at", "Say when it ends, or mark that it has no end"),
        ({"never_ends": "on"}, "ends_at", "one of the two"),
        ({"ends_at": "yesterday"}, "ends_at", "Enter a valid date/time."),
        ({"value": "-1"}, "value", "greater than or equal to 0"),
        ({"value": "3"}, "value", "A switch is simply given"),
        ({"value": "9" * 40}, "value", "less than or equal to"),
    ],
)
def test_mistakes_are_told_at_their_field(admin, ada, exports, fields, field, message):
    response = admin.post(CREATE, sent(exports, **fields))
    assert message in " ".join(response.context["form"].errors[field])
    assert not FeatureGrant.objects.exists()


def test_an_end_before_the_start_is_refused_in_words(admin, ada, exports):
    response = admin.post(CREATE, sent(exports, ends_at="2025-01-01 00:00"))
    assert "A grant cannot end before it starts." in response.content.decode()


def test_one_without_an_end_says_so(admin, ada, exports):
    admin.post(CREATE, sent(exports, ends_at="", never_ends="on"))
    assert FeatureGrant.objects.get().never_ends
    assert "without an end" in admin.get(INDEX).content.decode()


def test_it_is_made_longer_and_keeps_whose_it_is(admin, ada, exports):
    UserFactory(email="bob@example.com")
    admin.post(CREATE, sent(exports))
    grant = FeatureGrant.objects.get()
    edit = reverse("billing_grants_modeladmin_edit", args=[grant.pk])
    admin.post(edit, sent(exports, email="bob@example.com", ends_at="3000-01-01 00:00", reason="Again"))
    grant.refresh_from_db()
    assert (grant.ends_at.year, grant.reason, grant.customer.user) == (3000, "Again", ada)


def test_it_is_ended_with_a_reason_and_stays_on_record(admin, ada, exports):
    admin.post(CREATE, sent(exports))
    grant = FeatureGrant.objects.get()
    end = reverse("billing_grants_modeladmin_end", args=[grant.pk])
    assert "End it now" in admin.get(end).content.decode()
    admin.post(end, {"why": "Moved on"})
    assert not check(type(ada).objects.get(pk=ada.pk), "exports").allowed
    assert AuditEntry.objects.filter(kind="grant").latest("id").why == "Moved on"
    assert "over" in admin.get(INDEX).content.decode()
    assert admin.post(end, {"why": ""}).status_code == 302
    assert admin.post(reverse("billing_grants_modeladmin_delete", args=[grant.pk])).status_code == 302
    assert FeatureGrant.objects.exists()


@pytest.mark.parametrize(("state", "found"), [("now", 2), ("soon", 1), ("over", 1), ("never", 1), ("x", 4)])
def test_grants_are_filtered_by_where_the_clock_is(admin, exports, state, found):
    now = timezone.now()
    for start, end in ((-9, 9), (-9, None), (1, 9), (-9, -1)):
        grant_feature(
            user=UserFactory(),
            feature=exports,
            value=None,
            reason="Chance",
            starts_at=now + timedelta(days=start),
            ends_at=now + timedelta(days=end) if end else None,
        )
    assert len(admin.get(INDEX, {"state": state}).context["object_list"]) == found


def test_the_customers_page_leads_to_a_form_with_their_address(admin, ada, exports):
    assert 'value="ada@example.com"' in admin.get(f"{CREATE}?email=ada@example.com").content.decode()


def test_editors_give_nothing(editor, ada, exports):
    assert editor.post(CREATE, sent(exports)).url == reverse("wagtailadmin_home")
    assert not FeatureGrant.objects.exists()
