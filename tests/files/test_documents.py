"""Documents live where only the view that checks the reader can fetch them, on a disk and on S3."""

from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.test import Client
from storages.backends.s3 import S3Storage

from files.models import CustomImage, File
from sandbox.s3.server import S3Server
from tests.factories.files import CustomImageFactory, FileFactory
from tests.factories.home import StandardPageFactory, stream

pytestmark = pytest.mark.django_db


def linked(document: File) -> File:
    StandardPageFactory(body=stream(("text", f'<p><a linktype="document" id="{document.pk}">It</a></p>')))
    return document


def test_no_address_below_the_public_media_leads_to_a_document(client: Client) -> None:
    document = linked(FileFactory())

    assert "/media" not in document.file.path
    assert not document.url.startswith(settings.MEDIA_URL)
    assert client.get(f"{settings.MEDIA_URL}{document.file.name}").status_code == 404


def test_a_document_on_s3_comes_through_the_view_and_no_other_way(
    client: Client, s3_server: S3Server, s3_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = S3Storage(
        bucket_name=s3_bucket,
        endpoint_url=s3_server.endpoint,
        region_name=s3_server.region,
        access_key=s3_server.access_key,
        secret_key=s3_server.secret_key,
        location="private",
    )
    monkeypatch.setattr(File._meta.get_field("file"), "storage", bucket)
    document = linked(FileFactory(content="Kept in a bucket."))

    response = client.get(document.url)

    assert b"".join(response.streaming_content) == b"Kept in a bucket."
    assert "private" in response["Cache-Control"]
    with pytest.raises(HTTPError):
        urlopen(f"{s3_server.endpoint}/{s3_bucket}/private/{document.file.name}", timeout=5)


def test_a_picture_says_what_it_shows_in_the_words_of_its_editor() -> None:
    image: CustomImage = CustomImageFactory(alt_text="A chart of the harbour")

    assert image.default_alt_text == "A chart of the harbour"
    assert 'alt="A chart of the harbour"' in image.get_rendition("width-20").img_tag()


@pytest.mark.parametrize("make", [FileFactory, CustomImageFactory])
def test_what_is_deleted_takes_its_file_along(make: Any, django_capture_on_commit_callbacks: Any) -> None:
    thing = make()
    storage, name = thing.file.storage, thing.file.name
    assert storage.exists(name)

    with django_capture_on_commit_callbacks(execute=True):
        thing.delete()

    assert not storage.exists(name)
