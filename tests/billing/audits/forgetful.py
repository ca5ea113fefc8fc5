"""A storage that loses what it is given."""

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage


class ForgetfulStorage(InMemoryStorage):
    """Gives back an empty file, always."""

    def open(self, name, mode="rb"):
        return ContentFile(b"")
