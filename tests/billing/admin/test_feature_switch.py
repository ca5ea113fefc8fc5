"""The switch of a feature in the admin, and whom it is open to."""

import pytest
from django.urls import reverse

from billing.api import check
from billing.audits.models import AuditEntry
from billing.entitlements.services import name_testers
from tests.factories.billing import FeatureFactory, PlanVersionFactory, SubscriptionFactory, UserFactory


@pytest.fixture
def exports(db):
    return FeatureFactory(key="exports", name="Exports")


@pytest.fixture
def payer(exports):
    return SubscriptionFactory(price__version=PlanVersionFactory(features={"exports": None})).customer.user


def edit(feature) -> str:
    return reverse("billing_features_modeladmin_edit", args=[feature.pk])


def sent(feature, **fields) -> dict:
    return {
        "name": feature.name,
        "key": feature.key,
        "kind": "switch",
        "overage": "block",
        "default_value": 0,
        "opening": "all",
        "opening_percent": 0,
        "position": 0,
        **fields,
    }


def allowed(user) -> bool:
    return check(type(user).objects.get(pk=user.pk), "exports").allowed


def test_a_feature_is_switched_off_and_on_with_one_button(admin, exports, payer):
    switch = reverse("billing_features_modeladmin_switch", args=[exports.pk])
    assert "Switch it off for everybody" in admin.get(switch).content.decode()
    admin.post(switch, {"why": "It writes empty files"})
    assert not allowed(payer)
    assert "switched off" in admin.get("/admin/billing/features/").content.decode()
    entry = AuditEntry.objects.filter(kind="feature").latest("id")
    assert (entry.after, entry.why) == ({"opening": "nobody"}, "It writes empty files")
    admin.post(switch)
    assert allowed(payer)


def test_it_is_opened_to_people_by_their_addresses(admin, exports, payer):
    other = UserFactory(email="bob@example.com")
    data = sent(
        exports, opening="some", opening_percent=0, people=f"{payer.email.upper()}\n\n bob@example.com "
    )
    admin.post(edit(exports), data)
    assert set(exports.testers.values_list("customer__user", flat=True)) == {payer.pk, other.pk}
    assert allowed(payer)
    admin.post(edit(exports), sent(exports, opening="some", people="bob@example.com"))
    assert not allowed(payer)


def test_the_form_shows_who_is_named(admin, exports):
    user = UserFactory(email="bob@example.com")
    name_testers(feature=exports, users=[user])
    assert "bob@example.com" in admin.get(edit(exports)).content.decode()


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"opening": "some", "people": "ghost@example.com"},
            "people",
            "Nobody here has these addresses: ghost",
        ),
        ({"opening": "some", "people": "x" * 9000}, "people", "Nobody here has these addresses"),
        ({"opening": "some", "opening_percent": 101}, "opening_percent", "less than or equal to 100"),
        ({"opening_percent": 5}, "opening_percent", "only where it is open to some"),
        ({"opening": "whoever"}, "opening", "Select a valid choice"),
    ],
)
def test_mistakes_are_told_at_their_field(admin, exports, fields, field, message):
    response = admin.post(edit(exports), sent(exports, **fields))
    assert message in " ".join(response.context["form"].errors[field])


def test_editors_switch_nothing(editor, exports):
    switch = reverse("billing_features_modeladmin_switch", args=[exports.pk])
    assert editor.post(switch).url == reverse("wagtailadmin_home")
    exports.refresh_from_db()
    assert exports.opening == "all"
