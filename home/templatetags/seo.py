"""Prints what machines read in the head of a page: shared link, canonical address, schema.org data."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

from home.pages.base import SitePage
from home.seo.cards import card_for
from home.seo.pages import describe

register = template.Library()
ESCAPED = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@register.inclusion_tag("home/seo/head.html", takes_context=True)
def page_head(context: template.Context) -> dict[str, Any]:
    """The head of the page that is being rendered; of anything else than a page, the card of the site."""
    page: Any = context.get("page")
    request: Any = context.get("request")
    site: Any = context.get("site_settings")
    head: dict[str, Any] = {"site": site, "request": request}
    if request is not None and isinstance(page, SitePage):
        card = card_for(page, request, site)
        head["card"] = card
        head["structured_data"] = describe(page, card, request, site)
        head["hidden"] = getattr(request, "is_preview", False)
    return head


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """Schema.org data inside its script element; no character of it can end the element."""
    document = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{document}</script>')  # noqa: S308 - escaped above
