"""The billing history: found by its owner, with Stripe or without."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.gateway import documents
from billing.gateway.client import connection
from billing.invoices.services import refresh_invoices
from tests.factories.billing import InvoiceFactory, StripeCustomerFactory, UserFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 test"


@pytest.fixture
def payer():
    return StripeCustomerFactory()


@pytest.fixture
def browser(payer) -> Client:
    client = Client()
    client.force_login(payer.user)
    return client


def history(payer, months: int) -> None:
    for month in range(months):
        InvoiceFactory(customer=payer, issued_at=timezone.now() - timedelta(days=31 * month))


def test_somebody_new_reads_what_will_appear_here(browser):
    assert "No invoices yet" in browser.get("/billing/invoices/").content.decode()


def test_the_history_can_be_narrowed_to_a_year_and_a_state(browser, payer):
    InvoiceFactory(customer=payer, number="QS-OLD", issued_at=datetime(2024, 3, 1, tzinfo=UTC))
    InvoiceFactory(customer=payer, number="QS-BACK", refunded=500, issued_at=datetime(2025, 3, 1, tzinfo=UTC))
    InvoiceFactory(customer=payer, number="QS-OPEN", status="open", amount_remaining=1900)

    assert numbers(browser, "year=2024") == {"QS-OLD"}
    assert numbers(browser, "state=refunded") == {"QS-BACK"}
    assert numbers(browser, "state=open") == {"QS-OPEN"}
    assert "No invoice fits" in browser.get("/billing/invoices/?state=open&year=2024").content.decode()


def numbers(browser, query: str) -> set[str]:
    page = browser.get(f"/billing/invoices/?{query}").content.decode()
    return {number for number in ("QS-OLD", "QS-BACK", "QS-OPEN") if number in page}


@pytest.mark.parametrize(
    "query", ["year=x", "year=0000", "year=99999", "year=%00", "state=x", "page=-1", "year=²⁰²⁴"]
)
def test_a_filter_that_makes_no_sense_filters_nothing(browser, payer, query):
    InvoiceFactory(customer=payer, number="QS-OLD")

    assert numbers(browser, query) == {"QS-OLD"}


def test_an_invoice_shows_its_sums(browser, payer):
    invoice = InvoiceFactory(
        customer=payer, subtotal=3600, discount=600, tax=570, total=3570, amount_paid=3570, refunded=1000
    )
    page = browser.get(f"/billing/invoices/{invoice.pk}/").content.decode()

    for amount in ("€36.00", "-€6.00", "€5.70", "€35.70", "€10.00"):
        assert amount in page


@pytest.mark.parametrize("path", ["", "pdf/", "pay/"])
def test_nobody_sees_somebody_elses_invoice(payer, path):
    invoice = InvoiceFactory(customer=payer)
    stranger = Client()
    stranger.force_login(StripeCustomerFactory().user)
    send = stranger.post if path == "pay/" else stranger.get

    assert send(f"/billing/invoices/{invoice.pk}/{path}").status_code == 404
    stranger.force_login(UserFactory())
    assert send(f"/billing/invoices/{invoice.pk}/{path}").status_code == 404
    assert invoice.number not in stranger.get("/billing/invoices/").content.decode()


@pytest.mark.parametrize("months", [1, 60])
@pytest.mark.parametrize(("path", "queries"), [("/billing/invoices/", 10), ("/billing/", 15)])
def test_five_years_cost_no_more_queries_than_one_month(
    browser, payer, months, path, queries, django_assert_max_num_queries
):
    history(payer, months)
    browser.get(path)
    with django_assert_max_num_queries(queries):
        assert browser.get(path).status_code == 200


def test_the_pdf_comes_through_us_with_stripes_content(browser, settings, payer, stripe_sandbox):
    settings.STRIPE_API_BASE = stripe_sandbox
    client = connection.open()
    try:
        at_stripe = client.v1.customers.create({"email": payer.user.email})
        type(payer).objects.filter(pk=payer.pk).update(stripe_id=at_stripe.id)
        client.v1.invoice_items.create({"customer": at_stripe.id, "amount": 500, "currency": "eur"})
        made = client.v1.invoices.create(
            {"customer": at_stripe.id, "pending_invoice_items_behavior": "include", "auto_advance": False}
        )
        client.v1.invoices.finalize_invoice(made.id, {"auto_advance": False})
        refresh_invoices(customer_id=payer.pk)
        invoice = payer.invoices.get()
        answer = browser.get(f"/billing/invoices/{invoice.pk}/pdf/")
    finally:
        connection.close()

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="invoice-{invoice.number}.pdf"'
    assert answer.content.startswith(b"%PDF")


def test_a_pdf_that_does_not_come_is_said_and_nothing_breaks(browser, payer, stripe):
    invoice = InvoiceFactory(customer=payer)
    stripe.fail("500", path="/v1/invoices", times=9)

    page = browser.get(f"/billing/invoices/{invoice.pk}/pdf/", follow=True).content.decode()

    assert "The PDF did not come from our payment partner." in page


def test_what_is_no_pdf_is_not_handed_on(monkeypatch, stripe_sandbox):
    with pytest.raises(documents.StripeUnavailable):
        documents.fetch_pdf(f"{stripe_sandbox}/")


def test_paying_an_open_invoice_leads_to_stripes_page_and_a_paid_one_says_so(
    stripe, customer, subscribe, publish
):
    subscribe(publish("cutter", 3600))
    refresh_invoices(customer_id=customer.pk)
    client = Client()
    client.force_login(customer.user)

    answer = client.post(f"/billing/invoices/{customer.invoices.get().pk}/pay/", follow=True)

    assert "nothing left to pay" in answer.content.decode()
