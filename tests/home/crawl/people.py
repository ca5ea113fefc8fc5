"""The readers of a crawl, each with the rights that the planted site gives them."""

from typing import Any

from django.test import Client
from wagtail.models import Page

from billing import api as billing
from billing.catalog.models import Price
from tests.factories.billing import SubscriptionFactory
from tests.factories.members import PersonFactory
from tests.home.gate.test_unlocking import reader_with

VISITOR: frozenset[str] = frozenset()
MEMBER = VISITOR | {"members", "quota"}
HOLDER = MEMBER | {"premium"}
BUYER = MEMBER | {"credits"}


class Browser(Client):
    """Lets go of a cookie that is taken back, as browsers do: who still had a message is kept nothing for."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        for name in [name for name, cookie in self.cookies.items() if cookie["max-age"] == 0]:
            del self.cookies[name]
        return response


def visitor() -> Client:
    return Browser()


def member() -> Client:
    return signed_in(PersonFactory())


def customer_of_skiff() -> Client:
    return signed_in(subscriber("skiff"))


def customer_of_cutter() -> Client:
    return signed_in(subscriber("cutter"))


def buyer() -> Client:
    """Somebody who paid with credits for the page that is sold for them."""
    client, page = signed_in(reader_with(2)), Page.objects.get(slug="credits-page")
    assert client.post(f"/unlock/{page.pk}/", {"price": 2}).status_code == 302
    return client


def subscriber(plan: str) -> Any:
    person = PersonFactory()
    price = Price.objects.get(version__plan__key=plan)
    SubscriptionFactory(customer=billing.note_payer(user=person), price=price)
    return person


def signed_in(person: Any) -> Client:
    client = Browser()
    client.force_login(person)
    return client
