"""What Wagtail's admin does about people: their own picture, who is kept, a word about the second factor."""

from collections.abc import Collection
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component

from members.admin_access import used_second_factor
from members.deletion import REFUSAL, can_be_deleted
from members.models import CustomUser


@hooks.register("get_avatar_url")
def picture_of(user: CustomUser, size: int) -> str | None:
    """The picture from the person's settings; no other site is asked for one."""
    return user.avatar_url or None


@hooks.register("register_account_menu_item")
def settings_item(request: HttpRequest) -> dict[str, str]:
    """The way from an admin's account page to everything it does not show."""
    return {
        "url": reverse("members:settings"),
        "label": "Your settings",
        "help_text": "Picture, e-mail address, password, two-factor sign-in and devices.",
    }


@hooks.register("before_delete_user")
def keep_payer(request: HttpRequest, user: CustomUser) -> HttpResponse | None:
    """Say why a payer stays, before Wagtail asks whether to delete them."""
    if can_be_deleted([user]):
        return None
    messages.error(request, REFUSAL)
    return redirect("wagtailusers_users:edit", user.pk)


@hooks.register("before_bulk_action")
def keep_payers(
    request: HttpRequest, action_type: str, objects: Collection[Any], action: Any
) -> HttpResponse | None:
    """The same for many at once."""
    if action_type != "delete" or action.model is not CustomUser or can_be_deleted(objects):
        return None
    messages.error(request, REFUSAL)
    return redirect("wagtailusers_users:index")


class SecondFactorOffer(Component):  # type: ignore[misc]
    """Offers two-factor sign-in to an admin who came in with a password alone."""

    order = 10
    template_name = "members/admin/second_factor_offer.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, str]:
        """Where to set it up."""
        return {"url": reverse("mfa_index")}


@hooks.register("construct_homepage_panels")
def offer_second_factor(request: HttpRequest, panels: list[Component]) -> None:
    """Put the offer on the admin's front page, for whom the middleware lets in without."""
    user = cast(CustomUser, request.user)
    if not used_second_factor(request, user):
        panels.append(SecondFactorOffer())
