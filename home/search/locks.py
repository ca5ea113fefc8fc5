"""Which pages of a list are not open to everybody, asked once for all of them."""

from collections.abc import Iterable

from home.gate.audience import Audience
from home.pages.base import SitePage


def restricted_pages(pages: Iterable[SitePage]) -> set[int]:
    """The ids of the pages whose audience, their own or inherited, is not everyone. One query."""
    listed = list(pages)
    step = SitePage.steplen
    stems = {page.path[:end] for page in listed for end in range(step, len(page.path) + 1, step)}
    chosen = dict(
        SitePage.objects.filter(path__in=stems)
        .exclude(audience=Audience.INHERIT)
        .values_list("path", "audience")
    )
    return {page.pk for page in listed if _nearest(chosen, page.path, step) != Audience.EVERYONE}


def _nearest(chosen: dict[str, str], path: str, step: int) -> str:
    stems = (path[:end] for end in range(len(path), 0, -step))
    return next((chosen[stem] for stem in stems if stem in chosen), Audience.EVERYONE)
