"""A document is as public as the most public place that links to it."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from files.models import File
from tests.factories.billing import FeatureFactory
from tests.factories.files import FileFactory
from tests.factories.home import ArticlePageFactory, StandardPageFactory, stream
from tests.factories.members import PersonFactory, person_in

pytestmark = pytest.mark.django_db
SECRET = "xylophonequartz"


@pytest.fixture
def document() -> File:
    return FileFactory(content=SECRET)


def link(document: File) -> tuple[str, str]:
    return "text", f'<p><a linktype="document" id="{document.pk}">The file</a></p>'


def members_only(*blocks: tuple[str, Any], audience: str = "members", feature: str = "") -> tuple[str, Any]:
    content = [{"type": kind, "value": value, "id": f"inner-{n}"} for n, (kind, value) in enumerate(blocks)]
    return "members_only", {"audience": audience, "feature": feature, "content": content}


def fetch(client: Client, document: File, **extra: Any) -> Any:
    return client.get(document.url, **extra)


def body_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


def test_a_document_on_an_open_page_is_for_everyone(client: Client, document: File) -> None:
    StandardPageFactory(body=stream(link(document)))

    response = fetch(client, document)

    assert body_of(response) == SECRET
    assert "private" in response["Cache-Control"]
    assert "no-cache" in response["Cache-Control"]


def test_a_document_that_no_live_page_links_to_does_not_exist_for_readers(
    client: Client, document: File
) -> None:
    StandardPageFactory(body=stream(link(document)), live=False)

    assert fetch(client, document).status_code == 404
    client.force_login(PersonFactory())
    assert fetch(client, document).status_code == 404


def test_editors_reach_a_document_before_a_page_links_to_it(client: Client, document: File) -> None:
    client.force_login(person_in("Editors"))

    assert body_of(fetch(client, document)) == SECRET


def test_a_document_in_the_gated_part_sends_visitors_to_sign_in_and_lets_members_in(
    client: Client, document: File
) -> None:
    ArticlePageFactory(audience="members", body=stream(("preview_divider", None), link(document)))

    refused = fetch(client, document)
    assert refused.status_code == 302
    assert refused["Location"].startswith("/accounts/login/?next=")

    client.force_login(PersonFactory())
    assert body_of(fetch(client, document)) == SECRET


def test_a_document_above_the_divider_is_for_everyone(client: Client, document: File) -> None:
    ArticlePageFactory(audience="members", body=stream(link(document), ("preview_divider", None)))

    assert fetch(client, document).status_code == 200


def test_a_customer_without_the_plan_is_told_what_opens_the_document(client: Client, document: File) -> None:
    feature = FeatureFactory(key="workshops", name="Workshops")
    ArticlePageFactory(audience="plans", audience_feature=feature, body=stream(link(document)))
    client.force_login(PersonFactory())

    response = fetch(client, document)

    assert response.status_code == 402
    assert "Workshops" in body_of(response)
    assert "no-store" in response["Cache-Control"]


def test_a_document_in_a_members_only_section_of_an_open_page_is_for_members(
    client: Client, document: File
) -> None:
    StandardPageFactory(body=stream(members_only(link(document))))

    assert fetch(client, document).status_code == 302
    client.force_login(PersonFactory())
    assert fetch(client, document).status_code == 200


def test_a_section_whose_feature_is_gone_keeps_its_documents_shut(client: Client, document: File) -> None:
    StandardPageFactory(body=stream(members_only(link(document), audience="plans", feature="gone")))
    client.force_login(PersonFactory())

    assert fetch(client, document).status_code == 403


def test_the_most_public_of_several_places_decides(client: Client, document: File) -> None:
    ArticlePageFactory(audience="members", body=stream(link(document)))
    assert fetch(client, document).status_code == 302

    page = StandardPageFactory(body=stream(link(document)))
    assert fetch(client, document).status_code == 200

    page.unpublish()
    assert fetch(client, document).status_code == 302


@pytest.mark.parametrize("kind", [PageViewRestriction.LOGIN, PageViewRestriction.PASSWORD])
def test_a_page_behind_wagtails_own_privacy_keeps_its_documents_there(
    client: Client, document: File, kind: str
) -> None:
    page = StandardPageFactory(body=stream(link(document)))
    PageViewRestriction.objects.create(page=page.get_parent(), restriction_type=kind, password=SECRET)

    assert fetch(client, document).status_code == 404


def test_a_page_outside_the_site_makes_nothing_public(client: Client, document: File) -> None:
    StandardPageFactory(parent=Page.objects.get(depth=1), body=stream(link(document)))

    assert fetch(client, document).status_code == 404


def test_a_copy_that_a_browser_kept_is_checked_again(client: Client, document: File) -> None:
    page = StandardPageFactory(body=stream(link(document)))
    kept = {"if-none-match": fetch(client, document)["ETag"]}
    assert fetch(client, document, headers=kept).status_code == 304

    page.unpublish()

    assert fetch(client, document, headers=kept).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_document_can_only_be_fetched(client: Client, document: File, method: str) -> None:
    StandardPageFactory(body=stream(link(document)))

    assert getattr(client, method)(document.url).status_code == 405


def test_another_file_name_leads_nowhere(client: Client, document: File) -> None:
    StandardPageFactory(body=stream(link(document)))

    assert client.get(f"/documents/{document.pk}/other.txt").status_code == 404
    assert client.get("/documents/0/other.txt").status_code == 404


def test_a_link_that_is_gone_from_the_page_opens_nothing(client: Client, document: File) -> None:
    page = StandardPageFactory(body=stream(link(document)))

    type(page).objects.filter(pk=page.pk).update(body=stream(("text", "<p>Rewritten.</p>")))

    assert fetch(client, document).status_code == 404


@pytest.mark.parametrize("number", [1, 8])
def test_the_number_of_queries_does_not_grow_with_the_links(
    client: Client, document: File, number: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(number):
        ArticlePageFactory(audience="plans", audience_feature=FeatureFactory(), body=stream(link(document)))
    client.force_login(PersonFactory())
    fetch(client, document)

    with django_assert_max_num_queries(20):
        fetch(client, document)
