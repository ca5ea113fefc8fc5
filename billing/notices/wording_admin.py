"""Where admins write the words of notices, beside the mail as it will look, and send themselves a test."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, re_path
from django.utils.safestring import SafeString
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.views import EditView, InstanceSpecificView

from billing.kept_rows import KeptDeleteView
from billing.notices.mails import compose
from billing.notices.models import NoticeWording
from billing.notices.topics import TOPICS, Topic, in_words, unknown_placeholders
from billing.notices.wording import Words, with_defaults
from billing.screens import BillingAdmin, described, status_tag

AdminView = Callable[[HttpRequest], HttpResponseBase]

FIELDS = ("subject", "text", "button")


class WordingForm(WagtailAdminModelForm):  # type: ignore[misc]
    """Shows the words in force; what equals the default is stored as nothing, and follows the default."""

    subject = forms.CharField(max_length=150, required=False)
    text = forms.CharField(max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 14}))
    button = forms.CharField(max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic = TOPICS[self.instance.topic]
        words = with_defaults(self.instance, topic=topic)
        for name in FIELDS:
            self.initial[name] = getattr(words, name)
            self.fields[name].help_text = "Empty it to go back to the words that come with the site."
        self.fields[
            "text"
        ].help_text += f" Separate paragraphs by an empty line. You may use {in_words(topic.known)}."

    def clean(self) -> dict[str, Any]:
        """Refuse placeholders that nothing fills in; forget what equals the default."""
        cleaned: dict[str, Any] = super().clean()
        topic = TOPICS[self.instance.topic]
        for name in FIELDS:
            value = cleaned.get(name, "").replace("\r\n", "\n").strip()
            unknown = unknown_placeholders(value, topic=topic)
            if unknown:
                self.add_error(
                    name, f"Nothing here fills in {in_words(unknown)}. You may use {in_words(topic.known)}."
                )
            cleaned[name] = "" if value == getattr(topic, name) else value
        return cleaned


class WordingPermissions(PermissionHelper):  # type: ignore[misc]
    """The topics are code: nobody adds or deletes one."""

    def user_can_create(self, user: Any) -> bool:
        """Never."""
        return False

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        """Never."""
        return False


class WordingButtons(ButtonHelper):  # type: ignore[misc]
    """Modeladmin's buttons, and the test."""

    def get_buttons_for_obj(self, obj: NoticeWording, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """Edit, and send a test."""
        buttons: list[dict[str, Any]] = super().get_buttons_for_obj(obj, *args, **kwargs)
        test = {
            "url": self.url_helper.get_action_url("test", obj.pk),
            "label": "Send a test",
            "classname": self.finalise_classname(
                ["button-secondary", *(kwargs.get("classnames_add") or [])], []
            ),
            "title": f"Send the mail “{obj}” to yourself",
        }
        return [*buttons, test]


class EditWordingView(EditView):  # type: ignore[misc]
    """The form, with the mail beside it."""

    template_name = "modeladmin/billing/noticewording/edit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where to ask for the mail while somebody types, and where to send a test."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["preview_url"] = self.url_helper.get_action_url("preview", self.instance.pk)
        context["test_url"] = self.url_helper.get_action_url("test", self.instance.pk)
        return context


class DeleteWordingView(KeptDeleteView):
    """Never: its own words come back when its fields are emptied."""

    def check_instance(self) -> None:
        """The topics are code."""
        raise ValidationError(
            "What the site writes about stays. Empty the fields to go back to the words that come with it."
        )


class PreviewWordingView(InstanceSpecificView):  # type: ignore[misc]
    """The mail as the form would make it, with examples filled in. Writes nothing."""

    http_method_names = ["post"]

    def check_action_permitted(self, user: Any) -> bool:
        """Who may edit it."""
        return bool(self.permission_helper.user_can_edit_obj(user, self.instance))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Render what was sent, as far as its placeholders are right."""
        topic = TOPICS[self.instance.topic]
        typed = NoticeWording(
            topic=topic.key, **{name: request.POST.get(name, "").replace("\r\n", "\n") for name in FIELDS}
        )
        return HttpResponse(_example(typed, topic=topic, to=_address(request)).alternatives[0].content)


class TestWordingView(InstanceSpecificView):  # type: ignore[misc]
    """Asks first, then mails the saved words to whoever asked, with examples filled in."""

    page_title = "Send a test"
    template_name = "modeladmin/billing/noticewording/test.html"

    def check_action_permitted(self, user: Any) -> bool:
        """Who may edit it."""
        return bool(self.permission_helper.user_can_edit_obj(user, self.instance))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it, and say where to; a mail server that is away costs a message."""
        try:
            _example(self.instance, topic=TOPICS[self.instance.topic], to=_address(request)).send()
        except OSError:
            messages.error(request, "The mail server did not take the test. Try again in a minute.")
        else:
            messages.success(request, f"The test is on its way to {_address(request)}.")
        return redirect(self.index_url)


class WordingAdmin(BillingAdmin):
    """What customers are told, topic by topic."""

    model = NoticeWording
    menu_label = "Wording"
    menu_icon = "mail"
    base_url_path = "billing/wording"
    list_display = ["name", "subject_in_force", "whose"]
    search_fields = ["topic", "subject", "text"]
    ordering = ["pk"]
    edit_handler = ObjectList([FieldPanel(name) for name in FIELDS], base_form_class=WordingForm)
    permission_helper_class = WordingPermissions
    button_helper_class = WordingButtons
    edit_view_class = EditWordingView
    delete_view_class = DeleteWordingView
    form_view_extra_js = ["billing/plan_preview.js"]
    empty_text = "The topics appear after the next migrate."

    def get_queryset(self, request: HttpRequest) -> Any:
        """The topics there are."""
        return NoticeWording.objects.filter(topic__in=TOPICS)

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """Modeladmin's addresses, with the preview and the test."""
        helper = self.url_helper
        views = {"preview": self.preview_view, "test": self.test_view}
        extra = [
            re_path(helper.get_action_url_pattern(name), view, name=helper.get_action_url_name(name))
            for name, view in views.items()
        ]
        urls: tuple[URLPattern, ...] = super().get_admin_urls_for_registration()
        return (*urls, *extra)

    def preview_view(self, request: HttpRequest, instance_pk: str) -> HttpResponseBase:
        """The mail of the form as it stands."""
        view: AdminView = PreviewWordingView.as_view(model_admin=self, instance_pk=instance_pk)
        return view(request)

    def test_view(self, request: HttpRequest, instance_pk: str) -> HttpResponseBase:
        """Mail it to whoever asks."""
        view: AdminView = TestWordingView.as_view(model_admin=self, instance_pk=instance_pk)
        return view(request)

    @described("topic", order="topic")
    def name(self, wording: NoticeWording) -> str:
        """What it is about."""
        return TOPICS[wording.topic].name

    @described("subject")
    def subject_in_force(self, wording: NoticeWording) -> str:
        """The words in force."""
        return with_defaults(wording, topic=TOPICS[wording.topic]).subject

    @described("words")
    def whose(self, wording: NoticeWording) -> SafeString:
        """Whether somebody wrote others."""
        own = any(getattr(wording, name) for name in FIELDS)
        return status_tag("your own" if own else "default", primary=own)


def _example(wording: NoticeWording, *, topic: Topic, to: str) -> Any:
    words = with_defaults(wording, topic=topic)
    if any(unknown_placeholders(getattr(words, name), topic=topic) for name in FIELDS):
        words = Words(topic.subject, topic.text, topic.button)
    return compose(words=words.filled(topic.known), topic=topic, url="/billing/", to=to, unsubscribe_url="")


def _address(request: HttpRequest) -> str:
    """Where a test goes: the admin's own address; nobody else comes this far."""
    return cast(AbstractBaseUser, request.user).email  # type: ignore[attr-defined, no-any-return]
