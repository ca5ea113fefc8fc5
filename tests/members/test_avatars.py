"""Whatever is uploaded becomes one small square WebP with nothing hidden in it."""

import struct
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from members import avatars
from members.avatars import MAX_BYTES, set_avatar, square_webp
from members.models import CustomUser
from tests.factories.members import PersonFactory, picture_file

GPS = 0x8825
ORIENTATION = 0x0112


def opened(content) -> Image.Image:
    return Image.open(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_square_webp(kind: str) -> None:
    picture = opened(square_webp(picture_file(kind=kind)))
    assert (picture.format, picture.size) == ("WEBP", (512, 512))


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(square_webp(picture_file(size=(90, 60)))).size == (60, 60)


def test_where_and_with_what_it_was_taken_is_removed() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(GPS)[1] = "N"
    upload = picture_file(exif=exif, comment=b"secret", xmp=b"<x>secret</x>", icc_profile=b"secret")
    stored = square_webp(upload)
    assert not opened(stored).getexif()
    assert b"secret" not in stored.file.getvalue().lower()


def test_a_picture_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    upload = picture_file(size=(300, 100), exif=exif)
    assert opened(square_webp(upload)).size == (100, 100)


def test_transparency_survives() -> None:
    upload = SimpleUploadedFile("me.png", b"")
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(upload, "PNG")
    upload.size = upload.tell()
    upload.seek(0)
    assert opened(square_webp(upload)).mode == "RGBA"


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    upload = SimpleUploadedFile("me.jpg", b"")
    upload.size = MAX_BYTES + 1
    with pytest.raises(ValidationError, match="5 MB"):
        square_webp(upload)


def test_a_decompression_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("it was decoded"))
    upload = SimpleUploadedFile("bomb.png", png_header(width=9000, height=9000))
    with pytest.raises(ValidationError, match="40 million"):
        square_webp(upload)


def test_a_bomb_that_pillow_itself_refuses_is_refused_politely() -> None:
    upload = SimpleUploadedFile("bomb.png", png_header(width=60_000, height=60_000))
    with pytest.raises(ValidationError):
        square_webp(upload)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n", b"GIF89a"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError, match="JPEG, PNG or WebP"):
        square_webp(SimpleUploadedFile("me.jpg", content))


def test_a_picture_that_breaks_off_is_refused() -> None:
    whole = picture_file().read()
    with pytest.raises(ValidationError):
        square_webp(SimpleUploadedFile("me.jpg", whole[: len(whole) // 2]))


@pytest.mark.django_db
def test_the_name_of_the_file_says_nothing_about_the_person(media: Path) -> None:
    person = PersonFactory()
    set_avatar(user=person, picture=square_webp(picture_file(name="ada-lovelace.jpg")))
    assert "ada" not in person.avatar.name
    assert person.avatar_url.startswith("/media/avatars/")


@pytest.mark.django_db
def test_the_old_file_goes_only_when_the_change_is_committed(
    media: Path, django_capture_on_commit_callbacks
) -> None:
    person = PersonFactory()
    set_avatar(user=person, picture=square_webp(picture_file()))
    first = media / person.avatar.name
    with django_capture_on_commit_callbacks() as committed:
        set_avatar(user=person, picture=square_webp(picture_file()))
        assert first.exists()
    for callback in committed:
        callback()
    assert not first.exists()
    assert (media / person.avatar.name).exists()


@pytest.mark.django_db
def test_a_picture_can_be_taken_away(media: Path, django_capture_on_commit_callbacks) -> None:
    person = PersonFactory()
    set_avatar(user=person, picture=square_webp(picture_file()))
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(user=person, picture=None)
    assert CustomUser.objects.get(pk=person.pk).avatar_url == ""
    assert not list(media.rglob("*.webp"))


@pytest.mark.django_db
def test_a_change_that_fails_leaves_no_file_behind(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(avatars, "_swap_avatar", broken)
    for picture in (square_webp(picture_file()), None):
        with pytest.raises(RuntimeError):
            set_avatar(user=PersonFactory(), picture=picture)
    assert not list(media.rglob("*.webp"))


@pytest.mark.django_db
def test_somebody_who_is_deleted_leaves_no_picture(media: Path, django_capture_on_commit_callbacks) -> None:
    person = PersonFactory()
    set_avatar(user=person, picture=square_webp(picture_file()))
    with django_capture_on_commit_callbacks(execute=True):
        person.delete()
        PersonFactory().delete()
    assert not list(media.rglob("*.webp"))


def png_header(*, width: int, height: int) -> bytes:
    """The first bytes of a PNG that claims to be this large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = zlib.compress(b"\0" * 100)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    )  # fmt: skip
