"""A site with every kind of gate in every kind of place; an address says by its name which word it keeps."""

import re
from typing import Any
from urllib.parse import urlsplit

from home.gate.audience import Audience
from home.gate.pictures import settle_all_pictures
from tests.factories.billing import FeatureFactory, PlanVersionFactory, PriceFactory
from tests.factories.files import CustomImageFactory, FileFactory
from tests.factories.home import (
    ArticleIndexPageFactory,
    ArticlePageFactory,
    HelpPageFactory,
    StandardPageFactory,
    front_page,
    stream,
)

WORDS = {
    "members": "membersxylophone",
    "premium": "premiumxylophone",
    "workshops": "workshopsxylophone",
    "quota": "quotaxylophone",
    "credits": "creditsxylophone",
    "nobody": "nobodyxylophone",
    "draft": "draftxylophone",
    "private": "privatexylophone",
}
NAMED = re.compile(rf"/({'|'.join(WORDS)})-(?:page|part|child|handout|picture)[^/]*/?$")
NOT_A_PLACE = ("/media/", "/admin/")
OPENING = ("text", "<p>Everybody reads this.</p>")


def kind_named(address: str) -> str | None:
    """The kind of gate that the page, document or picture of this address is named for."""
    path = urlsplit(address).path
    named = NAMED.search(path)
    return "members" if path == "/" else named and named[1]


def kind_at(address: str) -> str | None:
    """Whose word those with the right find at this address; ``None``: nobody finds any."""
    return None if address.startswith(NOT_A_PLACE) else kind_named(address)


def plant_site() -> None:
    """Two plans are on sale: Cutter has premium, Skiff has not. No plan that is sold gives workshops."""
    free = PlanVersionFactory(plan__key="ashore", plan__is_default=True, features={"reads": 2})
    for key, features in (("skiff", {"reads": 4}), ("cutter", {"reads": 9, "premium": None})):
        version = PlanVersionFactory(plan__key=key, plan__name=key.title(), features=features)
        PriceFactory(version=version, stripe_price_id=f"price_{key}")
    home = front_page()
    _plant_premium(FeatureFactory(key="premium"))
    _plant_others(reads=free.plan_features.get().feature)
    home.body = stream(OPENING, _section("members", "", _gated("members")))
    home.save_revision().publish()
    settle_all_pictures(timestamp=0)


def _plant_premium(feature: Any) -> None:
    """By a page's own choice, by that of the section it stands in, and in a part of a page."""
    gate = {"audience": Audience.PLANS, "audience_feature": feature}
    word = ("text", f"<p>{WORDS['premium']}</p>")
    journal = ArticleIndexPageFactory(title="Journal")
    ArticlePageFactory(title="Premium page", parent=journal, body=_body("premium"), **gate)
    patrons = ArticleIndexPageFactory(title="Patrons", **gate)
    ArticlePageFactory(title="Premium child", parent=patrons, body=stream(("preview_divider", None), word))
    StandardPageFactory(title="Premium part", body=stream(OPENING, _section("plans", "premium", [word])))


def _plant_others(*, reads: Any) -> None:
    ArticlePageFactory(title="Members page", audience=Audience.MEMBERS, body=_body("members"))
    HelpPageFactory(
        title="Workshops page",
        audience=Audience.PLANS,
        audience_feature=FeatureFactory(key="workshops"),
        body=_body("workshops"),
    )
    counted = ArticleIndexPageFactory(title="Counted", audience=Audience.QUOTA, audience_feature=reads)
    ArticlePageFactory(title="Quota page", parent=counted, body=_body("quota"))
    StandardPageFactory(
        title="Credits page", audience=Audience.CREDITS, audience_credits=2, body=_body("credits")
    )
    StandardPageFactory(
        title="Nobody page", body=stream(OPENING, _section("plans", "gone", _gated("nobody")))
    )
    StandardPageFactory(title="Draft page", live=False, body=stream(*_gated("draft")))
    hidden = StandardPageFactory(title="Private page", body=stream(*_gated("private")))
    hidden.view_restrictions.create(restriction_type="password", password="nobody knows")


def _body(kind: str) -> str:
    return stream(OPENING, ("preview_divider", None), *_gated(kind))


def _gated(kind: str) -> list[tuple[str, Any]]:
    """The word as text, in a document, and as a picture whose bytes carry it."""
    word, name = WORDS[kind], kind.title()
    document = FileFactory(title=f"{name} handout", content=f"{word} in the file")
    picture = CustomImageFactory(title=f"{name} picture", comment=f"{word} in the picture")
    figure = {
        "image": {"image": picture.pk, "alt_text": "A chart", "decorative": False},
        "caption": "",
        "width": "text",
    }
    link = f'<p>{word} <a linktype="document" id="{document.pk}">Handout</a></p>'
    return [("text", link), ("image", figure)]


def _section(audience: str, feature: str, blocks: list[tuple[str, Any]]) -> tuple[str, Any]:
    content = [{"type": kind, "value": value, "id": f"in-{n}"} for n, (kind, value) in enumerate(blocks)]
    return "members_only", {"audience": audience, "feature": feature, "credits": None, "content": content}
