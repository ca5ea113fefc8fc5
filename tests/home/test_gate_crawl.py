"""A crawl of the whole site as every kind of reader: each secret word is found exactly where it may be.

Each kind of gate hides a word of its own, in text, documents and pictures. Each kind of reader starts at the
front page and follows every address that any answer mentions, by every way of asking; what machines, previews
and the admin answer is asked for besides. In the end the words found by a reader are those of their rights.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils.html import escape

from billing import api as billing
from files.pictures import GATED
from home.gate.audience import Audience
from home.gate.pictures import settle_all_pictures
from tests.factories.billing import FeatureFactory, PlanVersionFactory, PriceFactory, SubscriptionFactory
from tests.factories.files import CustomImageFactory, FileFactory
from tests.factories.home import (
    ArticleIndexPageFactory,
    ArticlePageFactory,
    HelpPageFactory,
    StandardPageFactory,
    front_page,
    stream,
)
from tests.factories.members import PersonFactory
from tests.home.gate.test_unlocking import reader_with
from tests.home.readers import lapse

pytestmark = pytest.mark.django_db

FREE = "freewheelword"
WORDS = {
    "members": "membersxylophone",
    "premium": "premiumxylophone",
    "workshops": "workshopsxylophone",
    "quota": "quotaxylophone",
    "credits": "creditsxylophone",
    "nobody": "nobodyxylophone",
    "draft": "draftxylophone",
    "private": "privatexylophone",
}
IN_AN_ANSWER = re.compile(
    r"""(?:href|src|hx-get|action|content|srcset)="([^"]+)"|<(?:loc|link|guid)>([^<]+)<"""
)
WAYS: list[dict[str, str]] = [{}, {"hx-request": "true"}, {"accept": "application/json"}]
STARTS = [
    "/", "/feed/", "/feed/atom/", "/sitemap.xml", "/robots.txt", "/search/?q=xylophone", "/search/?q=page",
    "/search/help/?q=page", "/billing/", "/dashboard/", "/pricing/", "/admin/api/main/pages/",
    "/admin/api/main/images/", "/admin/reports/gated-pages/", "/admin/pages/", "/admin/images/", "/api/",
    "/unlock/1/",
]  # fmt: skip
FILES = ("/pictures/", "/documents/")
LEAVES = ("/static/", "/accounts/logout", "/accounts/", "/admin/", "//", "/stripe/")


def gated_blocks(kind: str) -> list[tuple[str, Any]]:
    """The word as text, in a document, and as a picture whose bytes carry it."""
    word = WORDS[kind]
    document = FileFactory(title=f"Handout {kind}", content=f"{word} in the file")
    picture = CustomImageFactory(title=f"Picture {kind}", comment=f"{word} in the picture")
    figure = {
        "image": {"image": picture.pk, "alt_text": "A chart", "decorative": False},
        "caption": "",
        "width": "text",
    }
    link = f'<p>{word} <a linktype="document" id="{document.pk}">Handout</a></p>'
    return [("text", link), ("image", figure)]


def section(audience: str, feature: str, price: int | None, blocks: list[tuple[str, Any]]) -> tuple[str, Any]:
    content = [{"type": kind, "value": value, "id": f"in-{n}"} for n, (kind, value) in enumerate(blocks)]
    return "members_only", {"audience": audience, "feature": feature, "credits": price, "content": content}


@pytest.fixture
def site() -> Any:
    """Every kind of gate in every kind of place. Two plans on sale: Cutter has premium, Skiff has not."""
    free = PlanVersionFactory(plan__key="ashore", plan__is_default=True, features={"reads": 1})
    for key, features in (("skiff", {"reads": 3}), ("cutter", {"reads": 9, "premium": None})):
        version = PlanVersionFactory(plan__key=key, plan__name=key.title(), features=features)
        PriceFactory(version=version, stripe_price_id=f"price_{key}")
    reads = free.plan_features.get().feature
    premium, workshops = FeatureFactory(key="premium"), FeatureFactory(key="workshops")
    home = front_page()
    opening = ("text", f"<p>{FREE}</p>")

    def body(kind: str) -> str:
        return stream(opening, ("preview_divider", None), *gated_blocks(kind))

    journal = ArticleIndexPageFactory(title="Journal page")
    ArticlePageFactory(title="Members page", parent=journal, audience=Audience.MEMBERS, body=body("members"))
    ArticlePageFactory(
        title="Premium page",
        parent=journal,
        audience=Audience.PLANS,
        audience_feature=premium,
        body=body("premium"),
    )
    HelpPageFactory(
        title="Workshops page", audience=Audience.PLANS, audience_feature=workshops, body=body("workshops")
    )
    shut = ArticleIndexPageFactory(title="Quota page", audience=Audience.QUOTA, audience_feature=reads)
    ArticlePageFactory(title="Counted page", parent=shut, body=body("quota"))
    StandardPageFactory(
        title="Sold page", audience=Audience.CREDITS, audience_credits=2, body=body("credits")
    )
    StandardPageFactory(
        title="Gone page", body=stream(opening, section("plans", "gone", None, gated_blocks("nobody")))
    )
    StandardPageFactory(title="Draft page", live=False, body=stream(*gated_blocks("draft")))
    hidden = StandardPageFactory(title="Private page", body=stream(*gated_blocks("private")))
    hidden.view_restrictions.create(restriction_type="password", password="nobody knows")
    home.body = stream(opening, section("members", "", None, gated_blocks("members")))
    home.save_revision().publish()
    settle_all_pictures(timestamp=0)
    return home


def subscriber(plan: str) -> Any:
    person = PersonFactory()
    version = billing_version(plan)
    payer = billing.note_payer(user=person)
    SubscriptionFactory(customer=payer, price=version.prices.get())
    return person


def billing_version(plan: str) -> Any:
    return PlanVersionFactory._meta.model.objects.get(plan__key=plan)


def lapsed() -> Any:
    person = subscriber("cutter")
    lapse(person)
    return person


def buyer() -> Any:
    return reader_with(2)


READERS: dict[str, tuple[Callable[[], Any] | None, set[str]]] = {
    "visitor": (None, set()),
    "member": (PersonFactory, {"members", "quota"}),
    "a customer of Skiff": (lambda: subscriber("skiff"), {"members", "quota"}),
    "a customer of Cutter": (lambda: subscriber("cutter"), {"members", "quota", "premium"}),
    "a lapsed customer": (lapsed, {"members", "quota"}),
    "a buyer": (buyer, {"members", "quota", "credits"}),
}


@pytest.mark.parametrize("who", list(READERS))
def test_each_word_is_found_exactly_where_it_may_be(client: Client, site: Any, who: str) -> None:
    make, rights = READERS[who]
    if make:
        client.force_login(make())
    if "credits" in rights:
        buy_what_is_sold(client)

    found, seen = crawl(client)

    assert found == rights
    assert len([address for address in seen if not address.startswith("/media/")]) > 30


def test_what_each_reader_may_have_is_found_as_text_document_and_picture(client: Client, site: Any) -> None:
    client.force_login(subscriber("cutter"))
    kinds: set[str] = set()
    for address, body in answers(client):
        if WORDS["premium"].encode() in body:
            kinds.add(address.split("/")[1])
    assert {"journal-page", "documents", "pictures"} <= kinds


def test_a_visitors_pictures_are_public_files_and_no_others_are(client: Client, site: Any) -> None:
    for address, body in answers(client):
        assert not any(word.encode() in body for word in WORDS.values()), address
        assert "/media/gated" not in body.decode(errors="replace")


def crawl(client: Client) -> tuple[set[str], set[str]]:
    """Every kind whose word some answer told, and the addresses that were asked."""
    found, seen = set(), set()
    for address, body in answers(client):
        seen.add(address)
        for kind, word in WORDS.items():
            if word.encode() in body.replace(escape(f"q={word}").encode(), b""):
                found.add(kind)
    return found, seen


def answers(client: Client) -> Iterator[tuple[str, bytes]]:
    """Each address that can be reached, with each answer it gives."""
    waiting, seen = [*STARTS, *guesses()], set()
    while waiting:
        address = waiting.pop()
        if address in seen or (address.startswith(LEAVES) and address not in STARTS):
            continue
        seen.add(address)
        if address.startswith("/media/"):
            yield address, public_file(address)
            continue
        for headers in WAYS[:1] if address.startswith(FILES) else WAYS:
            response = client.get(address, headers=headers)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            yield address, body + str(response.headers).encode()
            if not response.streaming:
                waiting += addresses_in(body.decode(errors="replace"))
            if response.has_header("Location"):
                waiting += addresses_in(f'href="{response["Location"]}"')


def public_file(address: str) -> bytes:
    """What the server of the public media answers to whoever asks: Django is never asked for these."""
    name = unquote(urlsplit(address).path).removeprefix("/media/")
    storage = storages["default"]
    return storage.open(name).read() if storage.exists(name) else b""


def addresses_in(text: str) -> Iterator[str]:
    for attribute, element in IN_AN_ANSWER.findall(text):
        for part in (attribute or element).replace("&amp;", "&").split(", "):
            address = part.split(" ")[0].split("#")[0]
            local = re.sub(r"^http://(localhost|testserver|127\.0\.0\.1:8000)", "", address)
            if local.startswith("/") and len(local) > 1:
                yield local


def guesses() -> Iterator[str]:
    """Addresses that no page mentions to this reader, but that others may have told them."""
    for image in CustomImageFactory._meta.model.objects.all():
        for picture in (image, *image.renditions.all()):
            yield picture.file.url
            yield f"/media/{picture.file.name}"
            yield f"/media/{picture.file.name.removeprefix(GATED)}"
    for document in FileFactory._meta.model.objects.all():
        yield document.url
        yield f"/media/{document.file.name}"
    for page in StandardPageFactory._meta.model.objects.all():
        yield from (f"/{page.slug}/", f"/unlock/{page.pk}/", f"/admin/pages/{page.pk}/edit/preview/?mode=")
        yield f"/admin/pages/{page.pk}/view_draft/"


def buy_what_is_sold(client: Client) -> None:
    page = StandardPageFactory._meta.model.objects.get(title="Sold page")
    assert client.post(f"/unlock/{page.pk}/", {"price": 2}).status_code == 302
