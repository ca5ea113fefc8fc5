"""Every address of billing that names something is not found for anybody else: the table is walked."""

from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from billing import urls
from billing.credits.grants import Terms, grant
from billing.credits.models import CreditEntry, CreditLot
from billing.invoices.models import InvoiceArchive
from billing.notices.models import Notice
from tests.factories.billing import InvoiceFactory, StripeCustomerFactory

pytestmark = pytest.mark.django_db

# These name no belonging of a person: what is on sale is everybody's.
ABOUT_WHAT_IS_SOLD = {"checkout", "change", "buy_credits"}
# These carry their own proof and are tested where they live: forged and expired ones.
SIGNED = {"unsubscribe", "pay_link"}


def named() -> list[Any]:
    """The addresses of billing with something variable in them."""
    return [pattern for pattern in urls.urlpatterns if "<" in str(pattern.pattern)]


def test_the_walk_knows_every_address():
    known = ABOUT_WHAT_IS_SOLD | SIGNED | set(BELONGINGS)

    assert {pattern.name for pattern in named()} == known


BELONGINGS = {
    "invoice": "invoice",
    "invoice_pdf": "invoice",
    "pay_invoice": "invoice",
    "notice": "notice",
    "default_method": "method",
    "remove_method": "method",
    "remove_tax_id": "tax_id",
    "credit_entry": "credit_entry",
    "credits_bought": "purchase",
    "invoice_archive": "archive",
}


@pytest.fixture
def theirs(stripe) -> dict[str, Any]:
    """What somebody else has, by kind."""
    owner = StripeCustomerFactory()
    client = stripe.client().v1
    at_stripe = client.customers.create({"email": owner.user.email})
    method = client.payment_methods.attach("pm_card_visa", {"customer": at_stripe.id})
    tax_id = client.customers.tax_ids.create(at_stripe.id, {"type": "eu_vat", "value": "DE123456789"})
    notice = Notice.objects.create(user=owner.user, topic="receipt", key="x", title="t", text="t")
    grant(customer=owner, amount=5, terms=Terms(source=CreditLot.Source.PROMOTION, source_ref="gift"))
    return {
        "invoice": InvoiceFactory(customer=owner).pk,
        "notice": notice.pk,
        "method": method.id,
        "tax_id": tax_id.id,
        "credit_entry": CreditEntry.objects.latest("pk").pk,
        "purchase": uuid4(),
        "archive": InvoiceArchive.objects.create(customer=owner, status="ready").reference,
    }


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize("name", BELONGINGS)
def test_what_belongs_to_somebody_else_does_not_exist(theirs, stripe, name, verb):
    stranger = StripeCustomerFactory()
    made = stripe.client().v1.customers.create({"email": stranger.user.email})
    type(stranger).objects.filter(pk=stranger.pk).update(stripe_id=made.id)
    client = Client()
    address = reverse(f"billing:{name}", args=[theirs[BELONGINGS[name]]])

    signed_out = getattr(client, verb)(address)
    client.force_login(stranger.user)
    answer = getattr(client, verb)(address)

    assert signed_out.status_code in {302, 405}
    assert answer.status_code in {404, 405}
    assert 404 in {client.get(address).status_code, client.post(address).status_code}


def test_a_pay_link_signed_for_something_else_opens_nothing():
    token = signing.dumps(1, salt="billing.notices.unsubscribe")

    assert Client().get(f"/billing/pay/{token}/").status_code == 410
