"""What an admin may do to a row beside editing it: a button in the list, and a page that asks before it acts.

::

    class GrantAdmin(ActionsMixin, BillingAdmin):
        row_views = {"end": EndGrantView}

        def row_actions(self, user, grant):
            yield "end", "End now", f"End {grant} now"
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, re_path
from wagtail.admin import messages
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.views import InstanceSpecificView

from billing.kept_rows import KeptRowMixin

Button = dict[str, Any]
# Name of the view, label of the button, what it does.
Action = tuple[str, str, str]


class ReasonForm(forms.Form):
    """Why it is done; the audit log keeps it."""

    why = forms.CharField(
        label="Why", max_length=300, required=False, help_text="Kept in the audit log. May be empty."
    )


class ConfirmView(KeptRowMixin, InstanceSpecificView):  # type: ignore[misc]
    """Asks first; a POST acts and goes back to the list. A refusal is told above the button.

    What can be known beforehand is refused by ``check_instance``, before it asks.
    """

    template_name = "modeladmin/billing/confirm.html"
    form_class: type[forms.Form] = ReasonForm
    button = "Yes"
    is_serious = False
    sentences: Iterable[str] = ()

    def act(self, answers: Mapping[str, Any]) -> str:
        """Do it and say what was done. Raises ``ValidationError`` to refuse."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, empty unless something was wrong with it."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.setdefault("form", self.form_class())
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Act on right answers."""
        return self._or_refuse(request, self._answer)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        form = self.form_class(request.POST)
        if form.is_valid():
            try:
                messages.success(request, self.act(form.cleaned_data))
                return redirect(self.next_url())
            except ValidationError as refusal:
                form.add_error(None, refusal)
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return response


class ActionButtons(ButtonHelper):  # type: ignore[misc]
    """Modeladmin's buttons, with the row's own ones before "Delete"."""

    def get_buttons_for_obj(self, obj: Model, **kwargs: Any) -> list[Button]:
        """Only what this person may do to this row."""
        buttons: list[Button] = super().get_buttons_for_obj(obj, **kwargs)
        own = [self._button(obj, action, kwargs) for action in self._actions(obj)]
        last = [buttons.pop()] if self.permission_helper.user_can_delete_obj(self.request.user, obj) else []
        return [*buttons, *own, *last]

    def _actions(self, obj: Model) -> Iterable[Action]:
        actions: Iterable[Action] = self.view.model_admin.row_actions(self.request.user, obj)
        return actions

    def _button(self, obj: Model, action: Action, options: Mapping[str, Any]) -> Button:
        name, label, title = action
        added = ["button-secondary", *(options.get("classnames_add") or [])]
        return {
            "url": self.url_helper.get_action_url(name, quote(obj.pk)),
            "label": label,
            "classname": self.finalise_classname(added, []),
            "title": title,
        }


class ActionsMixin:
    """For a ``BillingAdmin``: ``row_views`` get addresses, ``row_actions`` are buttons that lead there."""

    button_helper_class = ActionButtons
    row_views: Mapping[str, type[InstanceSpecificView]] = {}
    url_helper: Any

    def row_actions(self, user: Any, obj: Any) -> Iterable[Action]:
        """What this person may do to this row now."""
        return ()

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """Modeladmin's addresses, and one for each view of a row."""
        helper = self.url_helper
        own = (
            re_path(
                helper.get_action_url_pattern(name), self._open(view), name=helper.get_action_url_name(name)
            )
            for name, view in self.row_views.items()
        )
        return (*super().get_admin_urls_for_registration(), *own)  # type: ignore[misc]

    def _open(self, view: type[InstanceSpecificView]) -> Any:
        def opened(request: HttpRequest, instance_pk: str) -> HttpResponseBase:
            response: HttpResponseBase = view.as_view(model_admin=self, instance_pk=instance_pk)(request)
            return response

        return opened
