"""Profile pictures: whatever somebody uploads becomes one small square WebP with nothing hidden in it."""

import io
import uuid

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from members.models import CustomUser

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 512
FORMATS = ("JPEG", "PNG", "WEBP")


def square_webp(upload: "UploadedFile[bytes]") -> "ContentFile[bytes]":
    """Decode an upload and encode it anew: upright, cropped to a square of at most 512 px, without metadata.

    Size and pixel count are read before anything is decoded, so a small file that unpacks to gigabytes is
    refused. Raises ``ValidationError`` with what to do about it.
    """
    if upload.size is None or upload.size > MAX_BYTES:
        raise ValidationError("The picture is larger than 5 MB. Choose a smaller one.", code="too_large")
    try:
        return _encode(_upright(upload))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise ValidationError(
            "We could not read this file as a picture. Choose a JPEG, PNG or WebP file.", code="unreadable"
        ) from error


def _upright(upload: "UploadedFile[bytes]") -> Image.Image:
    picture = Image.open(upload, formats=FORMATS)  # type: ignore[arg-type]
    if picture.width * picture.height > MAX_PIXELS:
        raise ValidationError(
            "The picture has more than 40 million pixels. Choose a smaller one.", code="too_many_pixels"
        )
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded at a fraction of its size
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    return picture


def _encode(picture: Image.Image) -> "ContentFile[bytes]":
    side = min(SIDE, picture.width, picture.height)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    plain = picture if picture.mode == mode else picture.convert(mode)
    square = ImageOps.fit(plain, (side, side), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    square.save(target, "WEBP", quality=85)
    return ContentFile(target.getvalue(), name=f"{uuid.uuid4().hex}.webp")


def set_avatar(*, user: CustomUser, picture: "ContentFile[bytes] | None") -> None:
    """Give a person a picture made by ``square_webp``, or take it away with ``None``.

    The new file is stored before the row changes and the old one goes after the change is committed, so
    whatever fails in between, the row never names a missing file.
    """
    storage = user.avatar.storage
    name = storage.save(f"avatars/{picture.name}", picture) if picture else ""
    try:
        _swap_avatar(user, name)
    except Exception:
        if name:
            storage.delete(name)
        raise


@transaction.atomic
def _swap_avatar(user: CustomUser, name: str) -> None:
    stored = CustomUser.objects.select_for_update(no_key=True).only("avatar").get(pk=user.pk)
    forget_file(stored)
    CustomUser.objects.filter(pk=user.pk).update(avatar=name)
    user.avatar.name = name


def forget_file(user: CustomUser) -> None:
    """Delete the file of this person's picture once the running transaction is committed."""
    if name := user.avatar.name:
        storage = user.avatar.storage
        transaction.on_commit(lambda: storage.delete(name))
