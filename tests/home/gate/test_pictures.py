"""A picture that not everybody may see has no public address, nor has any size of it; on a disk and on S3."""

from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.core.files.storage import storages
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.models import PageViewRestriction

from files.models import CustomImage
from files.pictures import is_gated
from home.gate.audience import Audience
from home.gate.pictures import settle, settle_all_pictures
from sandbox.s3.server import S3Server
from tests.factories.billing import FeatureFactory
from tests.factories.files import CustomImageFactory
from tests.factories.home import (
    ArticleIndexPageFactory,
    ArticlePageFactory,
    AuthorFactory,
    StandardPageFactory,
    stream,
)
from tests.factories.members import PersonFactory, person_in
from tests.home.readers import customer_with, lapse

pytestmark = pytest.mark.django_db


@pytest.fixture
def image() -> CustomImage:
    return CustomImageFactory()


def figure(image: CustomImage) -> tuple[str, Any]:
    picture = {"image": image.pk, "alt_text": "A chart", "decorative": False}
    return "image", {"image": picture, "caption": "", "width": "text"}


def gated_article(image: CustomImage) -> Any:
    feature = FeatureFactory(key="premium", name="Premium articles")
    body = stream(("text", "<p>Free.</p>"), ("preview_divider", None), figure(image))
    return ArticlePageFactory(audience=Audience.PLANS, audience_feature=feature, body=body)


def addresses(image: CustomImage) -> list[str]:
    """Where the picture and a size of it are, as a page prints it."""
    fresh = CustomImage.objects.get(pk=image.pk)
    return [fresh.file.url, fresh.get_rendition("width-20").url]


def statuses(client: Client, image: CustomImage) -> set[int]:
    return {client.get(address).status_code for address in addresses(image)}


def public_files() -> list[Path]:
    return [path for path in Path(storages["default"].location).rglob("*") if path.is_file()]


def test_a_picture_in_the_gated_part_is_for_those_who_read_it(client: Client, image: CustomImage) -> None:
    gated_article(image)
    customer = customer_with("premium")
    assert statuses(client, image) == {404}

    client.force_login(PersonFactory())
    assert statuses(client, image) == {404}

    client.force_login(customer)
    assert statuses(client, image) == {200}
    response = client.get(addresses(image)[1])
    assert response["Content-Type"] == "image/png"
    assert "private" in response["Cache-Control"]
    assert "no-cache" in response["Cache-Control"]

    lapse(customer)
    assert statuses(client, image) == {404}


def test_no_file_of_it_lies_in_the_public_folder(client: Client, image: CustomImage) -> None:
    gated_article(image)
    before = public_files()

    image.get_rendition("width-20")
    settle([image.pk])

    assert public_files() == before
    name = CustomImage.objects.get(pk=image.pk).file.name
    for address in (f"/media/{name}", f"/media/{name.removeprefix('gated/')}"):
        assert client.get(address).status_code == 404


def test_a_copy_that_a_browser_kept_is_checked_again(client: Client, image: CustomImage) -> None:
    gated_article(image)
    customer = customer_with("premium")
    client.force_login(customer)
    address = addresses(image)[1]
    kept = {"if-none-match": client.get(address)["ETag"]}
    assert client.get(address, headers=kept).status_code == 304

    lapse(customer)
    assert client.get(address, headers=kept).status_code == 404


def test_a_picture_on_an_open_page_moves_to_the_public_folder(client: Client, image: CustomImage) -> None:
    StandardPageFactory(body=stream(figure(image)))
    printed_before = addresses(image)
    assert statuses(client, image) == {200}

    settle([image.pk])

    assert all(address.startswith("/media/") for address in addresses(image))
    for address in printed_before:
        assert client.get(address)["Location"] in addresses(image)
    assert len(public_files()) >= 2


def test_one_public_place_is_enough_and_the_last_one_counts(
    client: Client, image: CustomImage, django_capture_on_commit_callbacks: Any
) -> None:
    gated_article(image)
    page = StandardPageFactory(body=stream(figure(image)))
    settle([image.pk])
    public = addresses(image)
    assert not is_gated(CustomImage.objects.get(pk=image.pk).file.name)

    page.unpublish()
    with django_capture_on_commit_callbacks(execute=True):
        settle([image.pk])

    assert statuses(client, image) == {404}
    for address in public:
        assert not storages["default"].exists(address.removeprefix("/media/"))


@pytest.mark.parametrize("place", ["cover", "above the divider", "portrait"])
def test_what_everybody_sees_of_a_gated_page_is_public(
    client: Client, image: CustomImage, place: str
) -> None:
    author = AuthorFactory(photo=image) if place == "portrait" else None
    cover = image if place == "cover" else None
    above = [figure(image)] if place == "above the divider" else []
    body = stream(*above, ("preview_divider", None), ("text", "<p>Paid.</p>"))
    ArticlePageFactory(audience=Audience.MEMBERS, cover=cover, author=author, body=body)

    assert statuses(client, image) == {200}
    settle([image.pk])
    assert not is_gated(CustomImage.objects.get(pk=image.pk).file.name)


def test_a_picture_that_no_page_shows_is_for_editors_alone(client: Client, image: CustomImage) -> None:
    ArticlePageFactory(live=False, cover=image)
    settle([image.pk])
    assert statuses(client, image) == {404}

    client.force_login(person_in("Editors"))
    assert statuses(client, image) == {200}


def test_editors_see_its_thumbnail_in_the_library(client: Client, image: CustomImage) -> None:
    gated_article(image)
    client.force_login(person_in("Editors"))

    listing = client.get("/admin/images/").content.decode()
    thumbnail = image.get_rendition("max-165x165").url

    assert thumbnail in listing
    assert client.get(thumbnail).status_code == 200


def test_a_page_behind_wagtails_own_privacy_keeps_its_pictures_there(
    client: Client, image: CustomImage
) -> None:
    page = StandardPageFactory(body=stream(figure(image)))
    PageViewRestriction.objects.create(page=page, restriction_type="login")

    assert statuses(client, image) == {404}
    settle([image.pk])
    assert is_gated(CustomImage.objects.get(pk=image.pk).file.name)

    client.force_login(PersonFactory())
    assert statuses(client, image) == {200}


@pytest.mark.parametrize("change", ["publish", "unpublish", "move", "audience", "leave", "section"])
def test_every_change_of_a_place_has_a_worker_look_at_its_pictures(image: CustomImage, change: str) -> None:
    section = ArticleIndexPageFactory()
    page = ArticlePageFactory(parent=section, body=stream(figure(image)))
    ProcrastinateJob.objects.all()._raw_delete("default")

    if change == "publish":
        page.save_revision().publish()
    elif change == "unpublish":
        page.unpublish()
    elif change == "move":
        page.move(ArticleIndexPageFactory(), pos="last-child")
    elif change == "leave":
        page.body = stream(("text", "<p>Without.</p>"))
        page.save()
    else:
        changed = page if change == "audience" else section
        changed.audience = Audience.MEMBERS
        changed.save()

    jobs = ProcrastinateJob.objects.filter(task_name__endswith="settle_pictures")
    assert [job.args for job in jobs[:1]] == [{"image_ids": [image.pk]}]


def test_the_night_finds_what_came_without_a_signal(image: CustomImage) -> None:
    StandardPageFactory(body=stream(figure(image)))
    settle_all_pictures(timestamp=0)

    assert not is_gated(CustomImage.objects.get(pk=image.pk).file.name)


@pytest.mark.parametrize("name", ["nothing.png", "../secret", "gated/original_images/x.png", "a" * 300])
def test_an_address_of_nothing_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/pictures/{name}").status_code == 404


def test_pictures_on_s3_come_through_the_view_and_no_other_way(
    client: Client, s3_server: S3Server, s3_bucket: str, settings: Any
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": bucket_folder(s3_server, s3_bucket, "media"),
        "private": bucket_folder(s3_server, s3_bucket, "private"),
    }
    image = CustomImageFactory()
    gated_article(image)
    customer = customer_with("premium")
    rendition = image.get_rendition("width-20")
    objects = {entry["Key"] for entry in s3_server.client().list_objects_v2(Bucket=s3_bucket)["Contents"]}
    assert len(objects) == 2
    assert all(key.startswith("private/gated/") for key in objects)
    for key in objects:
        with pytest.raises(HTTPError):
            urlopen(f"{s3_server.endpoint}/{s3_bucket}/{key}", timeout=5)
    assert statuses(client, image) == {404}
    client.force_login(customer)
    assert client.get(rendition.url).getvalue().startswith(b"\x89PNG")

    StandardPageFactory(body=stream(figure(image)))
    settle([image.pk])

    signed = addresses(image)[0]
    assert urlopen(signed, timeout=5).read().startswith(b"\x89PNG")
    with pytest.raises(HTTPError):
        urlopen(signed.partition("?")[0], timeout=5)


def bucket_folder(server: S3Server, bucket: str, location: str) -> dict[str, Any]:
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": server.endpoint,
            "region_name": server.region,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "signature_version": "s3v4",
            "location": location,
        },
    }
