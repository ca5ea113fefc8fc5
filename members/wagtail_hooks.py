"""What Wagtail's admin shows of people: their own picture, and a word about the second factor."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.ui.components import Component

from members.admin_access import used_second_factor
from members.models import CustomUser


@hooks.register("get_avatar_url")
def picture_of(user: CustomUser, size: int) -> str | None:
    """The picture from the person's settings; no other site is asked for one."""
    return user.avatar_url or None


class SecondFactorOffer(Component):  # type: ignore[misc]
    """Offers two-step sign-in to an admin who came in with a password alone."""

    order = 10
    template_name = "members/admin/second_factor_offer.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, str]:
        """Where to set it up."""
        return {"url": reverse("mfa_index")}


@hooks.register("construct_homepage_panels")
def offer_second_factor(request: HttpRequest, panels: list[Component]) -> None:
    """Put the offer on top of the admin's front page, for whom the middleware lets in without."""
    user = cast(CustomUser, request.user)
    if not used_second_factor(request, user):
        panels.append(SecondFactorOffer())
