"""A section of its own for journeys at the gate, made in the running site's database and taken away again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.site import Site

MAKE = """
import json
from io import BytesIO
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image
from billing.models import Feature
from files.models import CustomImage, File
from home.models import ArticleIndexPage, ArticlePage, HomePage

def stream(*blocks):
    stored = [{"type": kind, "value": value, "id": f"b-{n}"} for n, (kind, value) in enumerate(blocks)]
    return json.dumps(stored)

def figure(image):
    picture = {"image": image.pk, "alt_text": "A chart of the harbour", "decorative": False}
    return "image", {"image": picture, "caption": "", "width": "text"}

drawn = BytesIO()
Image.new("RGB", (64, 48), "navy").save(drawn, "PNG")
image = CustomImage.objects.create(title="Harbour", file=ImageFile(drawn, name="harbour.png"))
paper = File.objects.create(title="Soundings", file=ContentFile(b"Three fathoms.", name="soundings.txt"))
unsold, _ = Feature.objects.get_or_create(key="unsold", defaults={"name": "What nobody sells"})
free, divider = ("text", "<p>Free to read.</p>"), ("preview_divider", None)
link = ("text", f'<p>Three fathoms. <a linktype="document" id="{paper.pk}">The handout</a></p>')
section = HomePage.objects.first().add_child(instance=ArticleIndexPage(title="Logbook", slug="logbook"))

def article(title, **facts):
    page = ArticlePage(title=title, summary=f"{title}, in short.", **facts)
    return section.add_child(instance=page).pk

body = stream(free, divider, link, figure(image))
print(json.dumps({
    "section": section.pk,
    "choices": article("Choices", body=body),
    "parts": article("Parts", body=stream(free)),
    "nobody": article("Nobody", body=stream(divider, link), audience="plans", audience_feature=unsold),
    "feature": unsold.pk, "image": image.pk, "paper": paper.pk,
}))
"""
TAKE_AWAY = """
from billing.models import Feature
from files.models import CustomImage, File
from home.models import ArticleIndexPage
ArticleIndexPage.objects.get(pk={section}).delete()
CustomImage.objects.filter(pk={image}).delete()
File.objects.filter(pk={paper}).delete()
Feature.objects.filter(pk={feature}).delete()
"""


@contextmanager
def logbook(site: Site) -> Iterator[dict[str, int]]:
    """The primary keys of the section, its pages, and what they hold."""
    made = json.loads(site.manage("shell", "--no-imports", "--command", MAKE).strip().splitlines()[-1])
    try:
        yield made
    finally:
        site.manage("shell", "--no-imports", "--command", TAKE_AWAY.format(**made))
