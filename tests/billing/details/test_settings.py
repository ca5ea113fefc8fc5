"""What stands on invoices: typed in here, kept by Stripe, on the next invoice."""

import re

import pytest
from django.test import Client

from billing.audits.models import AuditEntry
from billing.catalog.models import Price
from billing.checkout.closing import forget_told
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer, tell_stripe_email
from billing.details.models import DetailsChange
from billing.gateway.portal import ABOUT_SUBSCRIPTION, FLOWS
from billing.invoices.services import refresh_invoices
from billing.subscriptions.services import reconcile_customer
from sandbox.stripe import Sandbox
from sandbox.stripe.hosted.app import build
from tests.factories.billing import InvoiceFactory, PriceFactory

pytestmark = pytest.mark.django_db

PATH = "/billing/settings/"
TYPED = {
    "name": "Ada & Daughters",
    "line1": "Kaistraße 7",
    "line2": "",
    "postal_code": "20095",
    "city": "Hamburg",
    "state": "",
    "country": "DE",
    "email": "books@example.com",
    "currency": "EUR",
}


def words(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def save(client: Client, **typed: str):
    return client.post(PATH, {**TYPED, **typed})


def at_stripe(stripe: Sandbox) -> dict:
    return stripe.find("customer")[-1]


def errors(response) -> str:
    return " ".join(re.findall(r'<div class="qs-field__error">(.*?)</div>', words(response)))


def test_what_is_saved_is_kept_by_stripe_and_shown_again(stripe, payer):
    page = words(payer.post(PATH, TYPED, follow=True))

    assert "Saved. It stands on your invoices from the next one on." in page
    told = at_stripe(stripe)
    assert (told["name"], told["email"], told["address"]["line1"], told["address"]["country"]) == (
        "Ada & Daughters",
        "books@example.com",
        "Kaistraße 7",
        "DE",
    )
    assert 'value="Kaistraße 7"' in page
    assert 'value="Ada &amp; Daughters"' in page


def test_who_never_bought_anything_may_say_it_beforehand(stripe, visitor, member):
    assert visitor.get(PATH).status_code == 200
    assert stripe.find("customer") == []

    save(visitor)

    assert at_stripe(stripe)["id"] == StripeCustomer.objects.get(user=member).stripe_id
    assert at_stripe(stripe)["address"]["city"] == "Hamburg"


def test_the_next_invoice_names_address_and_tax_number_and_those_before_do_not(
    stripe, payer, customer, subscribe, publish
):
    subscribe(publish("cutter", 3600))
    save(payer)
    payer.post(f"{PATH}tax-ids/", {"tax-kind": "eu_vat", "tax-value": "DE123456789"})

    stripe.advance(days=32)
    refresh_invoices(customer_id=customer.pk)

    first, second = stripe.find("invoice")
    site = build(stripe).test_client()
    for invoice, is_named in ((first, False), (second, True)):
        page = site.get(f"/invoice/acct/{invoice['id']}").text
        document = site.get(f"/invoice/acct/{invoice['id']}/pdf").data.decode("cp1252", "replace")
        for text in ("Kaistraße 7", "DE123456789"):
            assert (text in page) is is_named
            assert (text in document) is is_named


def test_the_same_form_sent_twice_is_one_change(stripe, payer):
    save(payer)
    save(payer)
    assert DetailsChange.objects.count() == 1
    sent = [event for event in stripe.find("event") if event["type"] == "customer.updated"]
    assert sum("address" in event["data"]["previous_attributes"] for event in sent) == 1


@pytest.mark.parametrize(
    ("path", "asked", "kind"),
    [
        (PATH, TYPED, "customer.updated"),
        (f"{PATH}tax-ids/", {"tax-kind": "eu_vat", "tax-value": "DE123456789"}, "customer.tax_id.created"),
    ],
)
def test_an_answer_that_got_lost_is_asked_for_again_and_changes_nothing_twice(
    stripe, payer, path, asked, kind
):
    reconcile_customer(customer_id=StripeCustomer.objects.get().pk)
    before = [event["type"] for event in stripe.find("event")].count(kind)
    stripe.fail("reset", path=r"/v1/customers/\w+(/tax_ids)?$", method="POST", when="after", times=3)

    shut = payer.post(path, asked)
    assert shut.status_code == 503
    assert "Please try again in a minute." in words(shut)
    assert DetailsChange.objects.get().status == DetailsChange.Status.OPEN
    opened = payer.post(path, asked)

    assert opened.status_code == 303
    assert DetailsChange.objects.get().status == DetailsChange.Status.DONE
    assert [event["type"] for event in stripe.find("event")].count(kind) == before + 1


def test_while_stripe_is_silent_nothing_typed_is_lost(stripe, payer):
    stripe.fail("503", path="/v1/", times=20)
    response = save(payer)
    assert response.status_code == 503
    assert 'value="Kaistraße 7"' in words(response)
    assert "Our payment partner is not answering" in words(response)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "nobody"}, "valid email address"),
        ({"email": ""}, "required"),
        ({"country": ""}, "Choose the country of this address."),
        ({"country": "XX"}, "Select a valid choice"),
        ({"currency": "XXX"}, "Select a valid choice"),
        ({"name": "x" * 151}, "at most 150 characters"),
        ({"city": "\x00"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(stripe, payer, typed, sentence):
    response = save(payer, **typed)
    assert response.status_code == 422
    assert sentence in errors(response)
    assert DetailsChange.objects.count() == 0


def test_what_only_stripe_refuses_is_said_at_its_field_and_the_rest_is_kept(stripe, payer, monkeypatch):
    monkeypatch.setattr("sandbox.stripe.objects.customers._COUNTRY", re.compile("FR"))
    response = save(payer)
    assert response.status_code == 422
    assert "Our payment partner does not take this country or region. Nothing has changed." in errors(
        response
    )
    assert 'value="Kaistraße 7"' in words(response)
    assert DetailsChange.objects.get().status == DetailsChange.Status.REFUSED
    assert at_stripe(stripe)["address"] is None


def test_an_address_can_be_taken_off_again(stripe, payer):
    save(payer)
    save(payer, name="", line1="", postal_code="", city="", country="")
    assert (at_stripe(stripe)["address"], at_stripe(stripe)["name"]) == (None, None)


def test_tax_numbers_are_added_replaced_removed_and_never_shown_in_full(stripe, payer):
    payer.post(f"{PATH}tax-ids/", {"tax-kind": "eu_vat", "tax-value": "DE123456789"})
    page = words(payer.get(PATH))
    assert "DE••••••789" in page
    assert "DE123456789" not in page

    [present] = stripe.find("tax_id")
    asked = {"tax-kind": "eu_vat", "tax-value": "FR12345678901", "tax-replaces": present["id"]}
    payer.post(f"{PATH}tax-ids/", asked)
    assert [number["value"] for number in stripe.find("tax_id")] == ["FR12345678901"]

    [present] = stripe.find("tax_id")
    for status in (303, 404):
        assert payer.post(f"{PATH}tax-ids/{present['id']}/remove/").status_code == status
    assert stripe.find("tax_id") == []
    assert "None yet." in words(payer.get(PATH))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"tax-kind": "eu_vat", "tax-value": "12"}, "This tax number cannot be right."),
        ({"tax-kind": "xx_vat", "tax-value": "12"}, "Select a valid choice"),
        ({"tax-kind": "eu_vat", "tax-value": ""}, "required"),
        ({"tax-kind": "eu_vat", "tax-value": "D" * 51}, "at most 50 characters"),
    ],
)
def test_a_tax_number_that_cannot_be_right_is_refused_at_its_field(stripe, payer, asked, sentence):
    response = payer.post(f"{PATH}tax-ids/", asked)
    assert response.status_code == 422
    assert sentence in errors(response)
    assert stripe.find("tax_id") == []
    if asked["tax-value"] == "12":
        assert 'value="12"' in words(response)


def test_there_can_be_five_tax_numbers(stripe, payer):
    for number in range(6):
        response = payer.post(f"{PATH}tax-ids/", {"tax-kind": "za_vat", "tax-value": f"412345678{number}"})
    assert "There can be 5 tax numbers at most." in words(response)
    assert len(stripe.find("tax_id")) == 5


def test_a_plan_holds_its_currency_until_it_has_ended(stripe, payer, customer, subscribe, publish):
    price = publish("cutter", 3600)
    PriceFactory(version=price.version, currency="USD", amount=3900)
    made = subscribe(price)
    reconcile_customer(customer_id=customer.pk)

    assert "Your plan is paid in EUR, so this stays until it has ended." in words(payer.get(PATH))
    refused = save(payer, currency="USD")
    assert "Your plan is paid in EUR" in errors(refused)

    stripe.client().v1.subscriptions.cancel(made.id)
    reconcile_customer(customer_id=customer.pk)
    assert save(payer, currency="USD").status_code == 303
    customer.refresh_from_db()
    assert customer.currency == "USD"


def test_an_open_invoice_holds_its_currency(stripe, payer, customer, publish):
    PriceFactory(version=publish("cutter", 3600).version, currency="USD", amount=3900)
    InvoiceFactory(customer=customer, status="open", amount_remaining=100)
    assert "There is something open in EUR" in errors(save(payer, currency="USD"))


def test_stripe_refuses_two_currencies_as_we_do(stripe, customer, subscribe, publish):
    price = publish("cutter", 3600)
    subscribe(price)
    client = stripe.client().v1
    dollars = client.prices.create(
        {
            "currency": "usd",
            "unit_amount": 100,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Cutter"},
        }
    )
    with pytest.raises(Exception, match="cannot combine currencies"):
        subscribe(Price(stripe_price_id=dollars.id))


def test_the_chosen_currency_is_what_the_next_checkout_charges(stripe, visitor, publish):
    price = publish("cutter", 3600)
    dollars = PriceFactory(version=price.version, currency="USD", amount=3900, stripe_price_id="price_usd")
    save(visitor, currency="USD")
    assert "$39" in words(visitor.get(f"/billing/checkout/cutter/?interval={dollars.interval}"))


@pytest.mark.parametrize(
    ("is_open", "price", "why"),
    [
        (True, "€36", "There is something open in EUR"),
        (False, "$39", ""),
        (None, "€36", "not sold in the currency"),
    ],
)
def test_a_checkout_is_in_the_currency_that_can_be_and_says_why_in_no_other(
    stripe, payer, customer, publish, is_open, price, why
):
    made = publish("cutter", 3600)
    if is_open is not None:
        PriceFactory(version=made.version, currency="USD", amount=3900, stripe_price_id="price_usd")
    if is_open:
        InvoiceFactory(customer=customer, status="open", amount_remaining=100)
    page = words(payer.get("/billing/checkout/cutter/?currency=usd"))
    assert price in page
    assert why in page
    assert ("something open" in page or "not sold in" in page) is bool(why)


def test_invoices_go_where_they_were_sent_to_whatever_becomes_of_the_account(stripe, payer, customer):
    save(payer)
    customer.user.email = "moved@example.com"
    customer.user.save(update_fields=["email"])
    tell_stripe_email(customer_id=customer.pk)
    assert at_stripe(stripe)["email"] == "books@example.com"

    save(payer, email="moved@example.com")
    customer.user.email = "again@example.com"
    customer.user.save(update_fields=["email"])
    tell_stripe_email(customer_id=customer.pk)
    assert at_stripe(stripe)["email"] == "again@example.com"


def test_an_address_changed_in_stripes_portal_is_followed(stripe, payer, customer):
    client = stripe.client().v1
    client.customers.update(customer.stripe_id, {"email": "portal@example.com", "name": "From the portal"})
    reconcile_customer(customer_id=customer.pk)
    page = words(payer.get(PATH))
    assert 'value="portal@example.com"' in page
    assert 'value="From the portal"' in page
    customer.refresh_from_db()
    assert customer.invoice_email == "portal@example.com"


def test_each_change_is_in_the_audit_log_without_what_was_typed(stripe, payer, customer):
    save(payer)
    entry = AuditEntry.objects.filter(kind="billing details", operation="insert").get()
    assert (entry.user_email, entry.after["changed"]) == (customer.user.email, ["name", "mail", "address"])
    assert "Kaistraße" not in str([row.after for row in AuditEntry.objects.all()])
    assert DetailsChange.objects.get().wanted == {}


def test_a_closed_account_leaves_no_address_for_invoices(stripe, payer, customer):
    save(payer)
    forget_told(customer.user)
    customer.refresh_from_db()
    assert customer.invoice_email == ""


def test_a_patient_person_is_enough(stripe, payer):
    answers = [save(payer, email="nobody").status_code for _ in range(21)]
    assert answers[-2:] == [422, 429]


def test_looking_costs_the_same_however_much_there_is_and_asks_stripe_nothing(
    stripe, payer, customer, subscribe, publish, django_assert_max_num_queries
):
    subscribe(publish("cutter", 3600))
    for number in range(4):
        payer.post(f"{PATH}tax-ids/", {"tax-kind": "za_vat", "tax-value": f"412345678{number}"})
    stripe.fail("503", path="/v1/", times=20)
    with django_assert_max_num_queries(14):
        assert payer.get(PATH).status_code == 200


def test_every_part_of_stripes_portal_is_one_click_away(stripe, payer, customer, subscribe, publish):
    subscribe(publish("cutter", 3600))
    reconcile_customer(customer_id=customer.pk)
    page = words(payer.get(PATH))
    site = build(stripe).test_client()
    for flow in ("", *sorted(FLOWS)):
        assert not flow or f'value="{flow}"' in page
        there = payer.post("/billing/portal/", {"flow": flow, "back": PATH})
        session = stripe.find("billing_portal.session")[-1]
        assert there.status_code == 303
        assert session["return_url"].endswith(PATH)
        assert (session["flow"] or {"type": ""})["type"] == flow
        opened = site.get(there["Location"], follow_redirects=True)
        assert opened.status_code == 200
    assert ABOUT_SUBSCRIPTION < FLOWS


def test_without_a_plan_the_portal_offers_nothing_about_one(stripe, visitor, member):
    assert "billing/portal" not in words(visitor.get(PATH))
    ensure_customer(user=member)
    page = words(visitor.get(PATH))
    assert "billing/portal" in page
    assert "subscription_cancel" not in page


def test_what_stands_on_invoices_is_in_the_export(payer):
    save(payer, name="Ada & Daughters")
    payer.post(f"{PATH}tax-ids/", {"tax-kind": "eu_vat", "tax-value": "DE123456789"})
    told = payer.get("/billing/export/billing.json").json()["details"]

    assert (told["name"], told["email"], told["address"]["city"]) == (
        "Ada & Daughters",
        "books@example.com",
        "Hamburg",
    )
    assert [number["value"] for number in told["tax_numbers"]] == ["DE123456789"]
