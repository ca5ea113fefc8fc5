"""The storages that models name: public media is Django's default, private files have one of their own."""

from django.core.files.storage import Storage, storages


def private_storage() -> Storage:
    """Files that no address reaches directly: a view checks, then serves or signs."""
    return storages["private"]
