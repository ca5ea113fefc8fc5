"""The site's own image and document models, in place from the first migration."""

from django.db import models
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    Image,
    WagtailImageField,
    get_upload_to,
)

from files.pictures import GATED, is_gated, picture_storage
from files.storages import private_storage


class CustomImage(AbstractImage):
    """An image in the media library."""

    file = WagtailImageField(
        upload_to=get_upload_to, storage=picture_storage, width_field="width", height_field="height"
    )
    alt_text = models.CharField(
        "alternative text",
        max_length=255,
        blank=True,
        help_text="What the picture shows, for people who cannot see it. Empty if it only decorates.",
    )

    admin_form_fields = (*Image.admin_form_fields, "alt_text")

    class Meta(AbstractImage.Meta):
        permissions = [("choose_image", "Can choose image")]
        indexes = [models.Index(fields=["file"], name="picture_by_file")]

    def get_upload_to(self, filename: str) -> str:
        """Every picture begins as a private one."""
        name: str = super().get_upload_to(filename)
        return f"{GATED}{name}"

    @property
    def default_alt_text(self) -> str:
        """What templates print where the page gives no other text."""
        return self.alt_text


class CustomRendition(AbstractRendition):
    """One size of an image, made when first asked for."""

    image = models.ForeignKey(CustomImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter"
            )
        ]
        indexes = [models.Index(fields=["file"], name="rendition_by_file")]

    def get_upload_to(self, filename: str) -> str:
        """A size lies where its picture does."""
        name: str = super().get_upload_to(filename)
        return f"{GATED}{name}" if is_gated(self.image.file.name) else name


class File(AbstractDocument):
    """A document in the media library, kept where only the view that checks the reader can fetch it."""

    file = models.FileField(upload_to="documents", storage=private_storage)

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = "document"
        permissions = [("choose_document", "Can choose document")]
