"""Header and footer of the demo site."""

from typing import Any

from wagtail.models import Page, Site

from home.demo.pictures import Pictures
from home.navigation.models import Navigation

Stored = dict[str, Any]


def ensure_menus(site: Site, pages: dict[str, Page], pictures: Pictures) -> None:
    """Fill in the settings of a site that has none; ``pages`` are found by their slug."""
    navigation = Navigation.for_site(site)
    if navigation.organisation:
        return
    navigation.organisation = "Leadline"
    navigation.tagline = "Know how deep the water is."
    navigation.social_image = pictures.get("hero-chart")
    navigation.header = [
        *(_item(pages[slug]) for slug in ("product", "pricing", "soundings")),
        _item(pages["workshop-chart-of-accounts"], "Workshop"),
        *(_item(pages[slug]) for slug in ("help", "about")),
    ]
    navigation.call_to_action = [_block("link", _link(url="/pricing/", label="Start free trial"))]
    navigation.announcement = "New in Soundings: one page a week, and how to write yours by hand."
    navigation.announcement_link = [_block("link", _link(pages["the-monday-page"], "Read it"))]
    navigation.footer = _footer(pages)
    navigation.footer_text = "One page on Monday. Fewer surprises on Friday."
    navigation.legal = [_block("link", _link(pages[slug])) for slug in ("privacy", "terms")]
    navigation.social = [_block("profile", {"network": "rss", "url": f"{site.root_url}/feed/"})]
    navigation.save()


def _footer(pages: dict[str, Page]) -> list[Stored]:
    columns = {
        "Product": [
            _link(pages["product"]),
            _link(pages["pricing"]),
            _link(pages["workshop-chart-of-accounts"]),
        ],
        "Learn": [
            _link(pages["soundings"]),
            _link(pages["how-to-read-a-bad-month"]),
            _link(url="/feed/", label="Feed"),
        ],
        "Help": [_link(pages["help"]), _link(pages["choose-a-plan"]), _link(pages["two-factor-sign-in"])],
        "Company": [_link(pages["about"]), _link(pages["contact"])],
    }
    return [_block("column", {"title": title, "links": links}) for title, links in columns.items()]


def _item(page: Page, label: str = "") -> Stored:
    return _block("item", {**_link(page, label), "children": []})


def _link(page: Page | None = None, label: str = "", url: str = "") -> Stored:
    return {"label": label, "page": page.pk if page else None, "url": url}


def _block(kind: str, value: Stored) -> Stored:
    return {"type": kind, "value": value}
