"""Deleting what nobody knows; anything else is refused, with the way out."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail_modeladmin.views import DeleteView

from billing.catalog.errors import CatalogRefusal
from billing.catalog.services import delete_feature, delete_plan


class RefusableDeleteView(DeleteView):  # type: ignore[misc]
    """Deletes through a service that may refuse. Permission and question are modeladmin's."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Delete, or say why not."""
        try:
            response: HttpResponseBase = super().post(request, *args, **kwargs)
        except CatalogRefusal as refusal:
            messages.error(request, refusal.message)
            return redirect(self.index_url)
        return response


class DeletePlanView(RefusableDeleteView):
    """A plan and its versions."""

    def confirmation_message(self) -> str:
        """What goes with it."""
        return f"Delete “{self.instance}” with all its prices? Nobody has it, so nobody loses anything."

    def delete_instance(self) -> None:
        """Only a plan that no customer and no Stripe knows."""
        delete_plan(plan=self.instance)


class DeleteFeatureView(RefusableDeleteView):
    """A feature."""

    def confirmation_message(self) -> str:
        """What may still ask for it."""
        return f"Delete “{self.instance}”? No plan gives it. Pages that ask for it stay closed."

    def delete_instance(self) -> None:
        """Only a feature that no plan gives."""
        delete_feature(feature=self.instance)
