"""Our invoices equal Stripe's, whatever happened to them there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.gateway.errors import StripeUnavailable
from billing.invoices.models import Invoice
from billing.invoices.services import refresh_invoices
from billing.notices.mails import mail_notice
from billing.notices.models import Notice
from sandbox.stripe import Sandbox

pytestmark = pytest.mark.django_db

ASKS_ALWAYS = "4000002760003184"
FAILS_LATER = "pm_card_chargeCustomerFail"


def refreshed(customer) -> list[Invoice]:
    refresh_invoices(customer_id=customer.pk)
    return list(Invoice.objects.filter(customer=customer))


def told(topic: str) -> list[str]:
    return list(Notice.objects.filter(topic=topic).values_list("title", flat=True))


def test_a_paid_invoice_appears_with_its_lines_and_its_receipt(stripe: Sandbox, customer, subscribe, publish):
    subscribe(publish("cutter", 3600))

    [invoice] = refreshed(customer)

    assert (invoice.status, invoice.currency, invoice.total, invoice.amount_paid) == (
        "paid",
        "EUR",
        3600,
        3600,
    )
    assert [(line["amount"], line["quantity"]) for line in invoice.lines] == [(3600, 1)]
    assert timedelta(days=27) < invoice.period_end - invoice.period_start < timedelta(days=32)
    assert told("receipt") == ["Your receipt for €36.00"]


@pytest.mark.parametrize("elsewhere", ["", "books@example.com"])
def test_a_receipt_goes_to_the_person_and_to_where_their_invoices_go(
    stripe: Sandbox, customer, subscribe, publish, mailoutbox, elsewhere
):
    type(customer).objects.update(invoice_email=elsewhere)
    subscribe(publish("cutter", 3600))
    refreshed(customer)

    mail_notice(notice_id=Notice.objects.get(topic="receipt").pk)

    [mail] = mailoutbox
    assert mail.to == [customer.user.email]
    assert mail.cc == ([elsewhere] if elsewhere else [])


def test_reading_again_changes_and_tells_nothing(stripe: Sandbox, customer, subscribe, publish):
    subscribe(publish("cutter", 3600))
    before = [vars(invoice) for invoice in refreshed(customer)]
    after = [vars(invoice) for invoice in refreshed(customer)]

    for one in (*before, *after):
        one.pop("_state"), one.pop("read_number")
    assert before == after
    assert len(told("receipt")) == 1


def test_a_trial_bills_nothing_and_sends_no_receipt(stripe: Sandbox, customer, subscribe, publish):
    subscribe(publish("cutter", 3600), trial_period_days=14)

    assert [invoice.total for invoice in refreshed(customer)] == [0]
    assert told("receipt") == []


def test_what_was_given_back_is_shown_and_told_once(stripe: Sandbox, customer, subscribe, publish):
    subscribe(publish("cutter", 3600))
    refreshed(customer)
    charge = stripe.client().v1.charges.list({"customer": customer.stripe_id}).data[0]
    stripe.client().v1.refunds.create({"charge": charge.id, "amount": 1000})
    refreshed(customer)
    [invoice] = refreshed(customer)

    assert (invoice.refunded, invoice.credited) == (1000, 0)
    assert told("refund") == ["€10.00 comes back to you"]


def test_a_failed_renewal_is_open_and_follows_when_it_is_paid(stripe: Sandbox, customer, subscribe, publish):
    client = stripe.client().v1
    subscribe(publish("cutter", 3600))
    bad = client.payment_methods.attach(FAILS_LATER, {"customer": customer.stripe_id})
    client.customers.update(customer.stripe_id, {"invoice_settings": {"default_payment_method": bad.id}})
    stripe.advance(days=32)

    newest, _ = refreshed(customer)
    assert (newest.status, newest.amount_remaining, newest.is_open) == ("open", 3600, True)
    assert newest.attempts >= 1
    assert newest.next_attempt_at

    client.invoices.pay(newest.stripe_id, {"payment_method": "pm_card_visa"})
    newest, _ = refreshed(customer)
    assert (newest.status, newest.is_open) == ("paid", False)


def test_years_of_history_are_read_whole_once_and_one_page_later(
    stripe: Sandbox, customer, subscribe, publish, monkeypatch
):
    subscribe(publish("cutter", 3600))
    monkeypatch.setattr("billing.gateway.invoices.LARGEST_PAGE", 5)
    for _ in range(11):
        stripe.advance(days=31)
    asked = []
    stripe.observers.append(lambda request, *_: asked.append(request.path))

    assert len(refreshed(customer)) == 12
    first = asked.count("/v1/invoices")
    asked.clear()
    assert len(refreshed(customer)) == 12
    assert (first, asked.count("/v1/invoices")) == (3, 1)


def test_an_old_open_invoice_beyond_the_first_page_still_follows(
    stripe: Sandbox, customer, subscribe, publish, monkeypatch
):
    client = stripe.client().v1
    client.invoice_items.create({"customer": customer.stripe_id, "amount": 500, "currency": "eur"})
    old = client.invoices.create(
        {"customer": customer.stripe_id, "pending_invoice_items_behavior": "include", "auto_advance": False}
    )
    client.invoices.finalize_invoice(old.id, {"auto_advance": False})
    refreshed(customer)
    subscribe(publish("cutter", 3600))
    stripe.advance(days=70)
    refreshed(customer)
    monkeypatch.setattr("billing.gateway.invoices.LARGEST_PAGE", 2)
    client.invoices.void_invoice(old.id)

    assert {row.stripe_id: row.status for row in refreshed(customer)}[old.id] == "void"


def test_an_older_read_does_not_overwrite_a_newer_one(stripe: Sandbox, customer, subscribe, publish):
    subscribe(publish("cutter", 3600))
    refreshed(customer)
    Invoice.objects.update(read_number=1000, status="open")

    assert [invoice.status for invoice in refreshed(customer)] == ["open"]


def test_without_stripe_nothing_is_written(stripe: Sandbox, customer, subscribe, publish):
    subscribe(publish("cutter", 3600))
    stripe.fail("500", path="/v1/charges", times=9)

    with pytest.raises(StripeUnavailable):
        refresh_invoices(customer_id=customer.pk)
    assert not Invoice.objects.exists()


def test_a_customer_read_for_the_first_time_gets_no_mail_about_last_year(
    stripe: Sandbox, customer, subscribe, publish, monkeypatch
):
    subscribe(publish("cutter", 3600))
    much_later = timezone.now() + timedelta(days=400)
    monkeypatch.setattr(timezone, "now", lambda: much_later)

    assert refreshed(customer)
    assert told("receipt") == []
