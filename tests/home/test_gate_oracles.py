"""What an outsider is answered does not depend on what is hidden: no header, length, range or error tells."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from home.gate.audience import Audience
from home.gate.indexing import index_again
from home.gate.pictures import settle_all_pictures
from home.pages.articles import ArticlePage
from tests.factories.billing import FeatureFactory
from tests.factories.files import CustomImageFactory, FileFactory
from tests.factories.home import ArticlePageFactory, stream
from tests.factories.members import PersonFactory, person_in
from tests.home.readers import customer_with, lapse

pytestmark = pytest.mark.django_db

SECRETS = ("xylophones", "marimbas " * 400)
CHANGES_EACH_TIME = re.compile(
    r"""nonce-?="?[\w+/=-]+|'nonce-[^']+'|value="\w{64}"|csrftoken=\w+|[0-9a-f]{32}"""
)
NEW_EACH_TIME = {"Content-Length", "Content-Security-Policy", "X-Request-ID"}
LONG_AGO, SOON = "Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
HEADERS: list[dict[str, str]] = [
    {},
    {"range": "bytes=0-9"},
    {"range": "bytes=-500"},
    {"range": "bytes=2000-"},
    {"if-range": '"x"', "range": "bytes=0-9"},
    {"if-none-match": "*"},
    {"if-match": "*"},
    {"if-modified-since": SOON},
    {"if-modified-since": LONG_AGO},
    {"if-unmodified-since": LONG_AGO},
    {"accept": "application/json"},
    {"accept": "text/plain"},
    {"accept": "image/webp"},
    {"accept": "text/html;q=0"},
    {"accept-encoding": "gzip"},
    {"accept-language": "de"},
    {"hx-request": "true"},
    {"hx-request": "true", "hx-target": "main"},
    {"te": "trailers", "expect": "100-continue"},
]
METHODS = [("get", headers) for headers in HEADERS] + [("head", headers) for headers in HEADERS[:6]]
SUFFIXES = (
    "",
    "?page=2",
    "?page=-1",
    "?page=x",
    "?utm_source=a",
    "?a=1&a=2",
    "?%00",
    "amp/",
    "feed/",
    "print/",
)


def body_with(secret: str, document: Any, image: Any) -> str:
    figure = {
        "image": {"image": image.pk, "alt_text": "A chart", "decorative": False},
        "caption": secret,
        "width": "text",
    }
    link = f'<p>{secret} <a linktype="document" id="{document.pk}">{secret}</a></p>'
    opening = ("text", "<p>The free part.</p>")
    return stream(opening, ("preview_divider", None), ("text", link), ("image", figure))


@pytest.fixture(scope="module")
def article(module_db: None) -> Any:
    """Gated for a feature, with a document and a picture below the divider."""
    document, image = FileFactory(content=f"{SECRETS[0]} in it"), CustomImageFactory(comment=SECRETS[0])
    page = ArticlePageFactory(
        title="Gated",
        audience=Audience.PLANS,
        audience_feature=FeatureFactory(key="premium"),
        body=body_with(SECRETS[0], document, image),
    )
    page.document, page.image = document, image
    settle_all_pictures(timestamp=0)
    return page


def lapsed() -> Any:
    person = customer_with("premium", plan="Old")
    lapse(person)
    return person


OUTSIDERS: dict[str, Callable[[], Any] | None] = {
    "visitor": None,
    "member": PersonFactory,
    "lapsed customer": lapsed,
    "billing admin": lambda: person_in("Billing admins"),
}


@pytest.fixture(params=list(OUTSIDERS))
def outsider(request: pytest.FixtureRequest, client: Client, article: Any) -> Client:
    make = OUTSIDERS[request.param]
    if make:
        client.force_login(make())
    return client


def said(response: Any) -> tuple[int, str, str]:
    """Status, headers and body of an answer, without what is new each time."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    length = {"Content-Length": str(len(body))} if response.has_header("Content-Length") else {}
    told = {name: value for name, value in response.headers.items() if name not in NEW_EACH_TIME}
    headers = told | length
    plain = [CHANGES_EACH_TIME.sub("", text) for text in (str(headers), body.decode(errors="replace"))]
    return response.status_code, plain[0], plain[1]


def everything_said(client: Client, url: str) -> Iterator[tuple[Any, Any]]:
    for method, headers in METHODS:
        yield (method, str(headers)), said(getattr(client, method)(url, headers=headers))
    for suffix in SUFFIXES:
        yield suffix, said(client.get(f"{url}{suffix}"))
    for path in (url.rstrip("/"), url.upper(), f"/{url}", url.replace("gated", "%67ated"), f"{url}."):
        yield path, said(client.get(path))
    for address in ("/", "/feed/", "/feed/atom/", "/sitemap.xml", "/search/?q=gated", "/search/?q=free+part"):
        yield address, said(client.get(address))


def test_no_answer_differs_by_what_is_hidden(outsider: Client, article: Any) -> None:
    before = dict(everything_said(outsider, article.get_url()))

    hidden = body_with(SECRETS[1], article.document, article.image)
    ArticlePage.objects.filter(pk=article.pk).update(body=hidden)
    index_again(article)
    after = dict(everything_said(outsider, article.get_url()))

    assert {way for way in before if before[way] != after[way]} == set()
    for secret in SECRETS:
        found = outsider.get("/search/", {"q": secret.split()[0]}).content.decode()
        assert "Nothing found" in found


@pytest.mark.parametrize("kind", ["document", "picture", "size of a picture"])
def test_no_condition_or_range_confirms_a_file(outsider: Client, article: Any, kind: str) -> None:
    url = address_of(article, kind)
    reader = Client()
    reader.force_login(customer_with("premium"))
    known = reader.get(url)
    assert known.status_code == 200
    tags = {name: known[name] for name in ("ETag", "Last-Modified") if known.has_header(name)}

    known_tag = tags.get("ETag", '"x"')
    for method, headers in (
        *METHODS,
        ("get", {"if-none-match": known_tag}),
        ("head", {"if-match": known_tag}),
    ):
        response = getattr(outsider, method)(url, headers=headers)
        assert response.status_code in {302, 402, 403, 404} or "HX-Redirect" in response, (method, headers)
        assert not any(response.has_header(name) for name in ("ETag", "Last-Modified", "Content-Range"))
        assert SECRETS[0] not in said(response)[2]


def address_of(article: Any, kind: str) -> str:
    if kind == "document":
        return str(article.document.url)
    image = type(article.image).objects.get(pk=article.image.pk)
    return str(image.file.url if kind == "picture" else image.get_rendition("width-40").url)


def test_other_sizes_of_a_picture_are_made_for_nobody(outsider: Client, article: Any) -> None:
    made = address_of(article, "size of a picture")
    name = article.image.file.name.removeprefix("gated/")
    for guess in (
        made.replace("width-40", "original"),
        made.replace("width-40", "fill-10x10"),
        made.replace("/pictures/", "/media/"),
        made.replace("/pictures/", "/media/gated/"),
        f"/media/gated/{name}",
        f"/pictures/gated/{name}",
        f"/pictures/../gated/{name}",
    ):
        assert outsider.get(guess).status_code in {301, 302, 404}, guess


def test_the_admins_choosers_and_listings_show_an_outsider_nothing_of_it(
    outsider: Client, article: Any
) -> None:
    image, document = article.image.pk, article.document.pk
    hidden = ArticlePageFactory(title=f"Draft {SECRETS[0]}", live=False, body=stream(("text", SECRETS[0])))
    for path in (
        "images/", f"images/{image}/", f"images/{image}/preview/width-40/", f"images/{image}/generate_url/",
        f"images/{image}/generate_url/width-40/", "images/chooser/", "images/chooser/results/",
        f"images/chooser/{image}/", f"images/chooser/{image}/select_format/", "images/multiple/add/",
        "documents/", f"documents/edit/{document}/", "documents/chooser/", f"documents/chooser/{document}/",
        "api/main/images/", f"api/main/images/{image}/", "api/main/documents/",
        f"api/main/documents/{document}/", f"api/main/pages/?search={SECRETS[0]}",
        f"api/main/pages/{article.pk}/?fields=*", "api/main/pages/?fields=*",
        f"pages/{article.pk}/edit/", f"pages/{article.pk}/edit/preview/?mode=as:customer-of:old",
        f"pages/{hidden.pk}/view_draft/", f"pages/{hidden.pk}/history/", "pages/search/?q=xylophones",
        "choose-page/", f"choose-page/search/?q={SECRETS[0]}", "reports/gated-pages/",
        "reports/content-checks/",
        "reports/site-history/", "reports/aging-pages/", "reports/workflow/", "reports/workflow_tasks/",
    ):  # fmt: skip
        response = outsider.get(f"/admin/{path}")
        body = said(response)[2]
        echo = body.replace(f'value="{SECRETS[0]}"', "").replace(f"search={SECRETS[0]}", "")
        echo = echo.replace(f"q={SECRETS[0]}", "").replace(f"“{SECRETS[0]}”", "")
        assert SECRETS[0] not in echo, path
        assert not response.get("Content-Type", "").startswith("image/"), path
