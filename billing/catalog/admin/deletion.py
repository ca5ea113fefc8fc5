"""Deleting what nobody knows; anything else is refused, with the way out."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail_modeladmin.views import DeleteView

from billing.catalog.errors import CatalogRefusal
from billing.catalog.services import delete_feature, delete_plan, refuse_to_lose

Answer = Callable[..., HttpResponseBase]


class RefusableDeleteView(DeleteView):  # type: ignore[misc]
    """Deletes through a service that may refuse. The question is modeladmin's."""

    def check_action_permitted(self, user: Any) -> bool:
        """Who may delete at all; whether this row may go, the service says, and why not."""
        code = self.permission_helper.get_perm_codename("delete")
        return bool(self.permission_helper.user_has_specific_permission(user, code))

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Ask, where the answer can be yes."""
        return self._or_refuse(request, super().get, *args, **kwargs)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Delete, or say why not."""
        return self._or_refuse(request, super().post, *args, **kwargs)

    def check_instance(self) -> None:
        """Raise ``CatalogRefusal`` where the row is known to stay."""

    def _or_refuse(
        self, request: HttpRequest, answer: Answer, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        try:
            self.check_instance()
            return answer(request, *args, **kwargs)
        except CatalogRefusal as refusal:
            messages.error(request, refusal.message)
            return redirect(self.index_url)


class DeletePlanView(RefusableDeleteView):
    """A plan and its versions."""

    def confirmation_message(self) -> str:
        """What goes with it."""
        return f"Delete “{self.instance}” with all its prices? Nobody has it, so nobody loses anything."

    def check_instance(self) -> None:
        """Nobody is asked about a plan that stays."""
        refuse_to_lose(plan=self.instance)

    def delete_instance(self) -> None:
        """Only a plan that no customer and no Stripe knows."""
        delete_plan(plan=self.instance)


class DeleteFeatureView(RefusableDeleteView):
    """A feature."""

    def confirmation_message(self) -> str:
        """What may still ask for it."""
        return (
            f"Delete “{self.instance}”? Pages that ask for it stay closed. "
            "A feature that a plan gives, or gave once, stays on record."
        )

    def delete_instance(self) -> None:
        """Only a feature that no plan gives."""
        delete_feature(feature=self.instance)
