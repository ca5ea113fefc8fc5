"""Makers of files: documents and images with content."""

import io
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from files.models import CustomImage, File


class FileFactory(DjangoModelFactory):
    """A text document; ``content`` is what it holds."""

    class Meta:
        model = File

    title = factory.Sequence(lambda number: f"Document {number}")

    @classmethod
    def _create(cls, model_class: type[File], *args: Any, content: str = "Hello.", **kwargs: Any) -> File:
        name = f"{kwargs['title'].lower().replace(' ', '-')}.txt"
        return model_class.objects.create(*args, file=ContentFile(content.encode(), name=name), **kwargs)


class CustomImageFactory(DjangoModelFactory):
    """A small picture; ``comment`` is written into its file, and into every copy of it in the same format."""

    class Meta:
        model = CustomImage

    title = factory.Sequence(lambda number: f"Picture {number}")
    alt_text = "A chart of the harbour"

    @classmethod
    def _create(
        cls, model_class: type[CustomImage], *args: Any, comment: str = "", **kwargs: Any
    ) -> CustomImage:
        drawn, notes = io.BytesIO(), PngInfo()
        notes.add_text("Comment", comment)
        Image.new("RGB", (64, 48), "navy").save(drawn, "PNG", pnginfo=notes)
        name = f"{kwargs['title'].lower().replace(' ', '-')}.png"
        return model_class.objects.create(*args, file=ContentFile(drawn.getvalue(), name=name), **kwargs)
