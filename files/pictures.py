"""Where pictures lie: in the public storage, or in the private one while only some may see them.

The name of the file says which: below ``gated/`` it is private and its address is a view that checks the
reader. Every picture begins there, and is moved when a place that everybody sees holds it.
"""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.urls import reverse
from django.utils.deconstruct import deconstructible

GATED = "gated/"


def is_gated(name: str) -> bool:
    """Whether the file of this name is private."""
    return name.startswith(GATED)


@deconstructible(path="files.pictures.PictureStorage")
class PictureStorage(Storage):
    """Both storages of pictures as one; it hands each file on to the one that its name says."""

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        return _storage_of(name).open(name, mode)

    def _save(self, name: str, content: File[Any]) -> str:
        return _storage_of(name).save(name, content)

    def delete(self, name: str) -> None:
        """Remove the file."""
        _storage_of(name).delete(name)

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return _storage_of(name).exists(name)

    def size(self, name: str) -> int:
        """Its size in bytes."""
        return _storage_of(name).size(name)

    def path(self, name: str) -> str:
        """Where it lies on this machine, if it does."""
        return _storage_of(name).path(name)

    def url(self, name: str | None) -> str:
        """Its address: the storage's own for a public picture, the view that checks for a private one."""
        if name and is_gated(name):
            return reverse("files:picture", kwargs={"name": name.removeprefix(GATED)})
        return storages["default"].url(name)


def picture_storage() -> Storage:
    """The storage that models name."""
    return storages["pictures"]


def move_picture(image: Any, *, gated: bool) -> None:
    """Move a picture and all its sizes to the private storage or to the public one.

    The new files are there before the rows name them, and the old ones go when the rows are stored: at every
    moment each row names a file that exists.
    """
    with transaction.atomic():
        locked = type(image).objects.select_for_update(no_key=True).get(pk=image.pk)
        if is_gated(locked.file.name) == gated:
            return
        for row in (locked, *locked.renditions.all()):
            _move(row, gated=gated)


def _move(row: Any, *, gated: bool) -> None:
    storage, old = row.file.storage, row.file.name
    wanted = f"{GATED}{old}" if gated else old.removeprefix(GATED)
    with storage.open(old) as content:
        new = storage.save(wanted, content)
    type(row).objects.filter(pk=row.pk).update(file=new)
    if hasattr(row, "purge_from_cache"):
        row.purge_from_cache()
    transaction.on_commit(lambda: storage.delete(old))


def _storage_of(name: str) -> Storage:
    return storages["private" if is_gated(name) else "default"]
