"""All invoices as one ZIP: asked for, made by a job, told of when it is ready, thrown away after a week."""

import zipfile
from datetime import timedelta
from tempfile import TemporaryFile

from django.core.files import File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from billing.customers.models import StripeCustomer
from billing.gateway.documents import fetch_pdf
from billing.gateway.invoices import retrieve_invoice
from billing.invoices.exports import invoices_as_csv
from billing.invoices.models import InvoiceArchive
from billing.notices.services import notify
from billing.notices.topics import ARCHIVE_READY

MAKE_ARCHIVE = "billing.invoices.tasks.make_invoice_archive"
KEPT = timedelta(days=7)

Status = InvoiceArchive.Status


def ask_for_archive(customer: StripeCustomer) -> InvoiceArchive:
    """Have the archive made; while one is being made, asking again changes nothing."""
    try:
        with transaction.atomic():
            archive = InvoiceArchive.objects.create(customer=customer)
            app.configure_task(MAKE_ARCHIVE, queue="billing").defer(archive_id=archive.pk)
    except IntegrityError:
        return InvoiceArchive.objects.filter(customer=customer).latest("created_at")
    return archive


def make_archive(*, archive_id: int) -> None:
    """Bring every PDF from Stripe, with a list of them, into one file. Safe to repeat.

    Raises a ``StripeFailure`` where a PDF does not come: the job comes again.
    """
    archive = InvoiceArchive.objects.select_related("customer__user").get(pk=archive_id)
    if archive.status != Status.OPEN:
        return
    customer = archive.customer
    with TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr("invoices.csv", invoices_as_csv(customer))
            for invoice in customer.invoices.exclude(number=""):
                told = retrieve_invoice(invoice_id=invoice.stripe_id)
                bundle.writestr(f"invoice-{invoice.number}.pdf", fetch_pdf(told.invoice_pdf or ""))
        target.seek(0)
        archive.throw_file_away()
        archive.file.name = archive.file.storage.save(archive.file_name, File(target))
    with transaction.atomic():
        archive.status = Status.READY
        archive.save(update_fields=["file", "status"])
        address = reverse("billing:invoice_archive", args=[archive.reference])
        notify(
            user=customer.user,
            topic=ARCHIVE_READY.key,
            key=f"archive:{archive.reference}",
            context={"days": str(KEPT.days), "url": address},
        )


def give_up(*, archive_id: int) -> None:
    """Note that it cannot be made, so that the customer may ask again."""
    InvoiceArchive.objects.filter(pk=archive_id, status=Status.OPEN).update(status=Status.FAILED)


def throw_old_away() -> None:
    """Delete archives that are older than a week, and their files."""
    for archive in InvoiceArchive.objects.filter(created_at__lt=timezone.now() - KEPT):
        archive.throw_file_away()
        archive.delete()
