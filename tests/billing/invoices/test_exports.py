"""A customer takes their billing data along; nobody takes anybody else's."""

import csv
import io
import zipfile
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.credits.grants import Terms, grant
from billing.credits.services import spend
from billing.gateway.errors import StripeUnavailable
from billing.invoices import archives
from billing.invoices.archives import ask_for_archive, give_up, make_archive, throw_old_away
from billing.invoices.models import InvoiceArchive
from billing.invoices.services import refresh_invoices
from billing.notices.models import Notice
from tests.factories.billing import (
    InvoiceFactory,
    StripeCustomerFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def owner():
    """Somebody with a plan and two invoices."""
    made = StripeCustomerFactory()
    SubscriptionFactory(customer=made)
    for number in ("QS-1", "QS-2"):
        InvoiceFactory(customer=made, number=number, refunded=500)
    return made


def test_the_spreadsheet_has_every_invoice_and_sum(owner):
    answer = signed_in(owner.user).get("/billing/export/invoices.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))

    assert [row["number"] for row in rows] == ["QS-1", "QS-2"]
    assert (rows[0]["total"], rows[0]["refunded"], rows[0]["currency"]) == ("19.00", "5.00", "EUR")


def test_the_json_has_everything_of_this_person_and_nobody_else(owner):
    InvoiceFactory(number="QS-OTHER")
    told = signed_in(owner.user).get("/billing/export/billing.json").json()

    assert told["customer"]["email"] == owner.user.email
    assert {invoice["number"] for invoice in told["invoices"]} == {"QS-1", "QS-2"}
    assert len(told["subscriptions"]) == 1
    assert (told["credits"], told["credit_purchases"]) == ([], [])


def test_the_json_has_every_credit_and_what_was_bought(owner):
    terms = Terms("admin", "gift")
    grant(customer=owner, amount=10, terms=terms, reason="Beta tester")
    spend(customer=owner, amount=4, key="x", reference="Report of “The Monday page”")
    told = signed_in(owner.user).get("/billing/export/billing.json").json()["credits"]

    assert [(line["what"], line["credits"], line["balance"]) for line in told] == [
        ("Received", "10.0000", "10.0000"), ("Spent", "-4.0000", "6.0000"),
    ]  # fmt: skip
    assert [line["about"] for line in told] == ["Beta tester", "Report of “The Monday page”"]


def test_every_pdf_is_packed_once_and_told(stripe, customer, subscribe, publish, monkeypatch):
    subscribe(publish("cutter", 3600))
    refresh_invoices(customer_id=customer.pk)
    monkeypatch.setattr(archives, "fetch_pdf", lambda _: b"%PDF-1.4")
    archive = ask_for_archive(customer)
    for _ in range(2):
        make_archive(archive_id=archive.pk)

    answer = signed_in(customer.user).get(f"/billing/export/archive/{archive.reference}/")
    names = zipfile.ZipFile(io.BytesIO(answer.getvalue())).namelist()
    assert names == ["invoices.csv", f"invoice-{customer.invoices.get().number}.pdf"]
    assert Notice.objects.filter(topic="archive_ready").count() == 1


def test_asking_twice_packs_once(owner):
    client = signed_in(owner.user)
    for _ in range(2):
        client.post("/billing/export/archive/")

    assert InvoiceArchive.objects.count() == 1
    assert ProcrastinateJob.objects.filter(task_name__endswith="make_invoice_archive").count() == 1
    assert "We are packing them" in client.get("/billing/export/").content.decode()


def test_a_pdf_that_does_not_come_is_tried_again_and_then_said(owner, stripe):
    archive = ask_for_archive(owner)
    stripe.fail("500", path="/v1/invoices", times=9)
    with pytest.raises(StripeUnavailable):
        make_archive(archive_id=archive.pk)
    assert InvoiceArchive.objects.get().status == "open"

    give_up(archive_id=archive.pk)
    assert "The last try did not work" in signed_in(owner.user).get("/billing/export/").content.decode()
    assert ask_for_archive(owner) != archive


def test_an_archive_is_its_owners_alone_and_gone_after_a_week(owner):
    archive = InvoiceArchive.objects.create(customer=owner, status="ready", file=ContentFile(b"x", "a.zip"))
    address = f"/billing/export/archive/{archive.reference}/"

    assert signed_in(StripeCustomerFactory().user).get(address).status_code == 404
    assert signed_in(owner.user).get(address).status_code == 200
    InvoiceArchive.objects.update(created_at=timezone.now() - timedelta(days=8))
    throw_old_away()
    assert signed_in(owner.user).get(address).status_code == 404
    assert not archive.file.storage.exists(archive.file.name)


def test_an_attempt_that_died_before_its_file_was_known_leaves_none_behind(customer, monkeypatch):
    archive = ask_for_archive(customer)
    storage, before = archive.file.storage, set()
    with suppress(FileNotFoundError):
        before = set(storage.listdir("invoice-archives")[1])

    def die(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(archives, "notify", die)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                make_archive(archive_id=archive.pk)
    left = set(storage.listdir("invoice-archives")[1]) - before
    assert left == {f"{archive.reference}.zip"}
    give_up(archive_id=archive.pk)
    InvoiceArchive.objects.update(created_at=timezone.now() - timedelta(days=8))
    throw_old_away()
    assert set(storage.listdir("invoice-archives")[1]) == before


@pytest.mark.parametrize("path", ["invoices.csv", "billing.json"])
def test_who_never_bought_has_nothing_to_take_along(path):
    client = signed_in(UserFactory())

    assert client.get(f"/billing/export/{path}").status_code == 404
    assert "Nothing to take along yet" in client.get("/billing/export/").content.decode()
