"""The page that orders plans: dragged, moved by keys, or by a button up and down without any script."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from wagtail_modeladmin.views import WMABaseView

from billing.catalog.models import Plan
from billing.catalog.order import place_plan, shift_plan

# Wagtail's script puts the plan's number in place of this one.
ANY_PLAN = "999999"


class OrderPlansView(WMABaseView):  # type: ignore[misc]
    """All plans in their order; a POST shifts one of them."""

    template_name = "modeladmin/billing/plan/order.html"
    page_title = "Order of the plans"

    def check_action_permitted(self, user: Any) -> bool:
        """Who may change plans."""
        return bool(self.permission_helper.user_can_edit_obj(user, Plan()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The plans, and where Wagtail's script sends a plan that was dragged."""
        place_url = f"{self.request.path}{ANY_PLAN}/"
        return super().get_context_data(  # type: ignore[no-any-return]
            plans=Plan.objects.all(), place_url=place_url, **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """``up`` or ``down`` carries the plan's number."""
        direction = "up" if "up" in request.POST else "down"
        number = request.POST.get(direction, "")
        plan = get_object_or_404(Plan, pk=number if number.isdecimal() and len(number) < 19 else 0)
        shift_plan(plan=plan, up=direction == "up")
        return redirect(f"{request.path}#plan-{plan.pk}")


class PlacePlanView(WMABaseView):  # type: ignore[misc]
    """A plan that was dragged to a place: ``?position=`` counts from zero."""

    http_method_names = ["post"]

    def check_action_permitted(self, user: Any) -> bool:
        """Who may change plans."""
        return bool(self.permission_helper.user_can_edit_obj(user, Plan()))

    def post(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        """The page has moved it already."""
        place = request.GET.get("position", "")
        if not place.isdecimal() or len(place) > 9:
            return HttpResponseBadRequest("Say the place as a number.")
        number = instance_pk if len(instance_pk) < 19 else "0"
        place_plan(plan=get_object_or_404(Plan, pk=number), place=int(place))
        return HttpResponse(status=204)
