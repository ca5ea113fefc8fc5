"""The demo's pictures in the media library: each file is stored once, however often the demo is loaded."""

import tomllib
from pathlib import Path

from django.core.files import File

from files.models import CustomImage
from home.demo.stories import CONTENT

MEDIA = Path(__file__).parent / "media"
PREFIX = "Demo: "


class Pictures:
    """Finds a picture by the name of its file."""

    def __init__(self) -> None:
        self._alt_texts: dict[str, str] = tomllib.loads((CONTENT / "pictures.toml").read_text("utf-8"))
        self._stored = {image.title: image for image in CustomImage.objects.filter(title__startswith=PREFIX)}

    def get(self, name: str) -> CustomImage:
        """The stored picture; stored now if it is not yet. Raises FileNotFoundError and KeyError."""
        title = PREFIX + name
        if title not in self._stored:
            self._stored[title] = self._store(name, title)
        image: CustomImage = self._stored[title]
        return image

    @property
    def ids(self) -> list[int]:
        """Every picture of the demo, by primary key."""
        return [image.pk for image in self._stored.values()]

    def block(self, name: str) -> dict[str, object]:
        """The picture as an image block stores it."""
        image = self.get(name)
        return {"image": image.pk, "decorative": False, "alt_text": image.alt_text}

    def _store(self, name: str, title: str) -> CustomImage:
        with (MEDIA / f"{name}.webp").open("rb") as opened:
            image: CustomImage = CustomImage.objects.create(
                title=title, alt_text=self._alt_texts[name], file=File(opened, name=f"{name}.webp")
            )
        return image
