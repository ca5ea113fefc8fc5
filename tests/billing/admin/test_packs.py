"""Credit packs in the admin: one form, each mistake at its field."""

from decimal import Decimal

import pytest
from django.urls import reverse

from billing.catalog.packs import CreditPack

CREATE = "/admin/billing/packs/create/"
INDEX = "/admin/billing/packs/"


def sent(**fields) -> dict:
    return {
        "name": "100 credits",
        "key": "small",
        "credits": "100",
        "amount": "9.00",
        "currency": "eur",
        "is_public": "on",
        "position": 0,
        **fields,
    }


def test_a_pack_is_made_with_the_price_as_people_write_it(admin):
    admin.post(CREATE, sent())
    pack = CreditPack.objects.get()
    assert (pack.amount, pack.currency, pack.credits) == (900, "EUR", Decimal(100))
    content = admin.get(INDEX).content.decode()
    for words in ("€9.00", "0.0900 EUR", "not published", "on sale"):
        assert words in content


def test_a_new_pack_begins_with_the_sites_currency_and_the_list_is_filtered_by_it(admin, settings):
    settings.BILLING_CURRENCY = "USD"
    assert 'value="USD"' in admin.get(CREATE).content.decode()
    admin.post(CREATE, sent(name="Euros"))
    admin.post(CREATE, sent(name="Dollars", key="small-usd", currency="usd"))
    content = admin.get(INDEX, {"currency": "USD"}).content.decode()
    assert "$9.00" in content
    assert "€9.00" not in content


def test_the_form_shows_it_as_people_write_it_and_keeps_the_key(admin):
    admin.post(CREATE, sent())
    edit = reverse("billing_packs_modeladmin_edit", args=[CreditPack.objects.get().pk])
    assert 'value="9.00"' in admin.get(edit).content.decode()
    admin.post(edit, sent(key="other", amount="12"))
    pack = CreditPack.objects.get()
    assert (pack.key, pack.amount) == ("small", 1200)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"key": "Small Pack"}, "key", "Use small letters, digits and hyphens"),
        ({"key": "taken"}, "key", "Another pack has this key already."),
        ({"credits": "0"}, "credits", "greater than or equal to 0.0001"),
        ({"credits": "-5"}, "credits", "greater than or equal to"),
        ({"credits": "1.00001"}, "credits", "no more than 4 decimal places"),
        ({"credits": "9" * 30}, "credits", "no more than 18 digits"),
        ({"amount": "0"}, "amount", "A price is more than nothing."),
        ({"amount": "-9"}, "amount", "A price is more than nothing."),
        ({"amount": "9.999"}, "amount", "EUR has 2 decimals"),
        ({"amount": "1000000"}, "amount", "Stripe takes at most"),
        ({"amount": "NaN"}, "amount", "Enter a number."),
        ({"currency": "XYZ"}, "currency", "not a currency that Stripe takes"),
        ({"name": ""}, "name", "This field is required."),
    ],
)
def test_mistakes_are_told_at_their_field(admin, fields, field, message):
    CreditPack.objects.create(key="taken", name="Taken", credits=1, amount=1)
    response = admin.post(CREATE, sent(**fields))
    assert message in " ".join(response.context["form"].errors[field])
    assert not CreditPack.objects.filter(key="small").exists()


def test_a_pack_is_archived_and_restored_off_sale(admin):
    admin.post(CREATE, sent())
    pack = CreditPack.objects.get()
    move = reverse("billing_packs_modeladmin_move", args=[pack.pk])
    assert "Archive the pack" in admin.get(move).content.decode()
    admin.post(move)
    pack.refresh_from_db()
    assert (pack.archived_at is not None, pack.is_public) == (True, False)
    edit = reverse("billing_packs_modeladmin_edit", args=[pack.pk])
    assert "This pack is archived." in str(admin.post(edit, sent()).context["form"].errors["is_public"])
    admin.post(move)
    pack.refresh_from_db()
    assert (pack.archived_at, pack.is_public) == (None, False)


def test_only_a_pack_that_nobody_knows_is_deleted(admin):
    admin.post(CREATE, sent())
    known = CreditPack.objects.create(
        key="known", name="Known", credits=1, amount=1, stripe_product_id="quickscale-credits-known"
    )
    for pack in CreditPack.objects.all():
        admin.post(reverse("billing_packs_modeladmin_delete", args=[pack.pk]))
    assert list(CreditPack.objects.all()) == [known]


def test_editors_meet_no_packs(editor):
    assert editor.post(CREATE, sent()).url == reverse("wagtailadmin_home")
    assert not CreditPack.objects.exists()
