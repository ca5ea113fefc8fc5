"""Screens of the admin about a row that may have to stay as it is: they say why before they ask anything."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail_modeladmin.views import DeleteView, EditView

Answer = Callable[..., HttpResponseBase]
WRITTEN_BY_ITSELF = (
    "This list writes itself, so nobody edits or deletes what stands in it. "
    "Change what it comes from instead."
)


class KeptRowMixin:
    """Put before a view about one row. ``needed`` is the permission for doing this to any row at all."""

    needed = "change"
    permission_helper: Any
    index_url: str

    def check_action_permitted(self, user: Any) -> bool:
        """Who may do it at all; whether this row may change, ``check_instance`` says, and why not."""
        code = self.permission_helper.get_perm_codename(self.needed)
        return bool(self.permission_helper.user_has_specific_permission(user, code))

    def check_instance(self) -> None:
        """Raise ``ValidationError`` where the row stays as it is: why, and what to do instead."""

    def next_url(self) -> str:
        """Where to go afterwards, and where it is refused."""
        return str(self.index_url)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask, where the answer can be yes."""
        return self._or_refuse(request, super().get, *args, **kwargs)  # type: ignore[misc]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it, or say why not."""
        return self._or_refuse(request, super().post, *args, **kwargs)  # type: ignore[misc]

    def _or_refuse(self, request: HttpRequest, answer: Answer, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.check_instance()
            return answer(request, *args, **kwargs)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(self.next_url())


class KeptDeleteView(KeptRowMixin, DeleteView):  # type: ignore[misc]
    """Deletes what nobody knows. The question is modeladmin's."""

    needed = "delete"


class KeptEditView(KeptRowMixin, EditView):  # type: ignore[misc]
    """Edits what has not become history."""


class WrittenByItselfMixin:
    """For rows that services write: nobody lacks the permission, there is nothing to permit."""

    def check_instance(self) -> None:
        """Never."""
        raise ValidationError(WRITTEN_BY_ITSELF)


class ReadOnlyDeleteView(WrittenByItselfMixin, KeptDeleteView):
    """Never deletes."""


class ReadOnlyEditView(WrittenByItselfMixin, KeptEditView):
    """Never edits."""
