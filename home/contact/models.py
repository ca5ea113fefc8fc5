"""The contact page."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.forms.models import AbstractFormField, FormMixin, FormSubmission, validate_to_address
from wagtail.contrib.forms.panels import FormSubmissionsPanel
from wagtail.models import Page

from home.contact.forms import GuardedForm, GuardedFormBuilder
from home.contact.mails import message_mail
from home.contact.services import keep_message
from home.gate.previews import preview_modes
from home.pages.base import SitePage
from home.rate_limits import within_limit

MESSAGES_PER_TEN_MINUTES = 5
SENT = "sent"


class ContactField(AbstractFormField):
    """One field that the editor gave the form."""

    page = ParentalKey("home.ContactPage", on_delete=models.CASCADE, related_name="form_fields")


class ContactPage(FormMixin, SitePage):
    """A form for visitors. Messages are stored, shown under Forms, and mailed if addresses are given."""

    introduction = models.TextField(max_length=400, blank=True)
    thanks = models.TextField(
        max_length=400,
        default="Thank you. Your message has arrived, and a person will answer it.",
        help_text="Shown when a message was sent.",
    )
    to_address = models.CharField(
        "mail messages to",
        max_length=255,
        blank=True,
        validators=[validate_to_address],
        help_text="One or more addresses, separated by commas. Without one, messages are only stored.",
    )
    subject = models.CharField(
        "subject of the mail", max_length=120, default="A message from the contact page"
    )

    form_builder = GuardedFormBuilder
    gated_fields: ClassVar[tuple[str, ...]] = ()
    shows_breadcrumbs = True
    template = "home/contact/contact.html"
    landing_page_template = "home/contact/thanks.html"
    parent_page_types = ["home.HomePage", "home.AboutPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels = [
        *Page.content_panels,
        FormSubmissionsPanel(),
        FieldPanel("introduction"),
        InlinePanel("form_fields", label="Field", heading="Form", min_num=1),
        FieldPanel("thanks"),
        MultiFieldPanel([FieldPanel("to_address"), FieldPanel("subject")], heading="Mail"),
    ]
    access_panels: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = "contact page"

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """The form and the thanks, and the form with the eyes of each kind of reader."""
        return [*FormMixin.preview_modes, *preview_modes()]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, what was wrong with it, or thanks; with htmx only the part that changes."""
        if request.method == "POST":
            return self._take(request, self.get_form(request.POST, page=self, user=request.user))
        if SENT in request.GET:
            thanks: HttpResponse = self.render_landing_page(request)
            return thanks
        return self._show(request, self.get_form(page=self, user=request.user))

    def mail_about(self, submission: FormSubmission) -> Any:
        """The mail about one stored message, with the editor's labels."""
        fields = list(self.get_form_fields())
        written = submission.form_data
        visitor = next((written.get(field.clean_name) for field in fields if field.field_type == "email"), "")
        return message_mail(
            to=self.to_address,
            subject=self.subject,
            page_url=self.full_url or settings.SITE_URL,
            lines=[(field.label, written.get(field.clean_name, "")) for field in fields],
            visitor=visitor or "",
        )

    def _take(self, request: HttpRequest, form: GuardedForm) -> HttpResponse:
        if form.is_trapped:
            return self._thank(request)
        if not form.is_valid():
            return self._show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        if not within_limit(request, action="contact", limit=MESSAGES_PER_TEN_MINUTES, seconds=600):
            form.add_error(
                None, _("You have sent several messages in a short time. Wait ten minutes, then send again.")
            )
            return self._show(request, form, HTTPStatus.TOO_MANY_REQUESTS)
        if form.use_up():
            keep_message(page=self, message=form.message(), is_mailed=bool(self.to_address))
        return self._thank(request)

    def _show(
        self, request: HttpRequest, form: GuardedForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        if form.is_bound:
            form.hand_out_again()
        template = "home/contact/_form.html" if _wants_part(request) else self.template
        context = {**self.get_context(request), "form": form}
        return TemplateResponse(request, template, context, status=status)

    def _thank(self, request: HttpRequest) -> HttpResponse:
        if _wants_part(request):
            return TemplateResponse(request, "home/contact/_thanks.html", self.get_context(request))
        return HttpResponseRedirect(f"{self.get_url(request)}?{SENT}")


def _wants_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
