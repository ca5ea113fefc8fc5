"""What makes a page a gated page: an audience, and content that is cut to what each reader may see."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from wagtail.models import Page, PageViewRestriction

from home.gate import streams
from home.gate.audience import Audience
from home.gate.forms import GatedPageForm
from home.gate.indexing import index_again
from home.gate.offers import lock_label, reading_note, refusal_for
from home.gate.previews import look_as, preview_modes
from home.gate.privacy import restrictions_over, sections_with_privacy
from home.gate.quota import hides_nothing, is_prefetch, is_reading
from home.gate.reading import Reading
from home.gate.sections import stored_choice
from home.gate.tally import count

audience_changed = Signal()
"""Sent with the page as ``instance`` once another audience of it is stored."""


class NarrowedPageError(RuntimeError):
    """A page that was cut to what one reader may see is used for something else."""


class GatedPage(Page):
    """A page with an audience. An instance that is served is cut first, and cannot be saved afterwards."""

    gated_fields: ClassVar[tuple[str, ...]] = ("body",)
    """The streams that the gate cuts; "body" may hold a preview divider."""

    audience = models.CharField(
        "who can read this page",
        max_length=10,
        choices=Audience,
        default=Audience.INHERIT,
        help_text="Applies to the pages below this one too, unless they choose for themselves.",
    )
    audience_feature = models.ForeignKey(
        "billing.Feature",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind__in": ["switch", "limit"]},
        verbose_name="feature their plan must have",
        help_text="For “customers whose plan has a feature”, and for “within a quota”: what is counted.",
    )
    audience_credits = models.PositiveSmallIntegerField(
        "credits that open it",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="For “whoever unlocks the page for credits”. With a feature or a quota: the other way in, "
        "for readers whose plan does not do. Each page is paid for once and kept.",
    )

    reading: Reading | None = None
    """Whose eyes this instance is for, once it is narrowed."""
    sections_found: Sequence[Any] = ()
    """Once Wagtail asked for the page's privacy: the pages from the front page down to this one."""
    is_gated = False
    """Once narrowed: there is something on this page that not everyone may read."""
    body_above: Any = ()
    """Once narrowed: what the reader sees above the preview divider."""
    body_below: Any = ()
    """Once narrowed: what the reader sees below it, or all of it where there is no divider."""

    base_form_class = GatedPageForm

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Only an audience that asks for it keeps a feature or a price."""
        super().clean()
        if self.audience not in {Audience.PLANS, Audience.QUOTA}:
            self.audience_feature = None
        if self.audience not in {Audience.PLANS, Audience.QUOTA, Audience.CREDITS}:
            self.audience_credits = None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to store what is left for one reader; index what a change of audience opens or shuts."""
        self._refuse_if_narrowed()
        before = stored_choice(self)
        super().save(*args, **kwargs)
        if before is not None and before != self._choice:
            index_again(self)
            audience_changed.send(sender=type(self), instance=self)

    @property
    def _choice(self) -> tuple[str, int | None, int | None]:
        return self.audience, self.audience_feature_id, self.audience_credits

    def serializable_data(self) -> dict[str, Any]:
        """Refuse to keep as a draft what is left for one reader."""
        self._refuse_if_narrowed()
        data: dict[str, Any] = super().serializable_data()
        return data

    @classmethod
    def from_serializable_data(
        cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False
    ) -> Any:
        """A draft whose feature is gone stays shut for everyone, and can still be opened and corrected."""
        feature = data.get("audience_feature")
        features = cls._meta.get_field("audience_feature").related_model.objects
        if feature and not features.filter(pk=feature).exists():
            data = {**data, "audience_feature": None}
        return super().from_serializable_data(data, check_fks, strict_fks)

    def narrow_to(self, reading: Reading) -> None:
        """Take everything the reader may not see out of this instance.

        Raises NarrowedPageError when it was narrowed to somebody else before.
        """
        if self.reading is None:
            self.reading = reading
            self.is_gated = not reading.rule.is_open or any(map(streams.section_rules, self._streams()))
            if "body" in self.gated_fields:
                self.body_above, self.body_below = reading.parts(self.body)
            for name in self.gated_fields:
                setattr(self, name, reading.visible(getattr(self, name)))
        elif self.reading.user != reading.user:
            raise NarrowedPageError("This page was narrowed to another reader. Fetch it again for this one.")

    def public_words(self) -> str:
        """What the site's search may know of the content: what a visitor may read."""
        visible = map(Reading.by_anyone(self).visible, self._streams())
        return " ".join(streams.words(stream) for stream in visible)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Wagtail's context, with the page cut to what the reader may see and the reading itself."""
        counts = is_reading(request) and not getattr(request, "is_preview", False)
        reading = Reading.by_request(self, request, counts=counts)
        if self.sections_found:
            reading.sections = list(self.sections_found)
        self.narrow_to(reading)
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, "reading": self.reading, **self._words(request)}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what depends on the reader out of every shared cache.

        A browser that looks ahead gets no page that would count: it would show the closed one later.
        """
        if (
            is_prefetch(request)
            and not hides_nothing(self)
            and Reading.by_request(self, request).rule.is_quota
        ):
            return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Cache-Control": "no-store"})
        response: HttpResponse = super().serve(request, *args, **kwargs)
        self._count(request)
        if self.is_gated:
            patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Cookie"])
        return response

    def get_view_restrictions(self) -> Any:
        """Wagtail's own page privacy, own and inherited; where there is none, the sections say so.

        Wagtail asks before it serves the page, which needs its sections right afterwards.
        """
        self.sections_found = sections_with_privacy(self)
        is_open = any(not section.is_private for section in self.sections_found)
        return PageViewRestriction.objects.none() if is_open else restrictions_over(self)

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """Everything, as its editor sees it, and the page with the eyes of each kind of reader."""
        return [("", "Everything"), *preview_modes()]

    def is_previewable(self) -> bool:
        """Always: Wagtail would ask for the modes, page by page, to find out."""
        return True

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Wagtail's preview, in a mode of ours with somebody else's eyes."""
        look_as(request, mode_name)
        response: HttpResponse = super().serve_preview(request, mode_name)
        return response

    @property
    def is_paywalled(self) -> bool:
        """Once narrowed: what stands below the preview divider (class ``paywalled``) is not for everyone."""
        return self.reading is not None and not self.reading.rule.is_open

    def _count(self, request: HttpRequest) -> None:
        """Tell the report of a person's visit to a page that is not for everyone."""
        if self.reading and self.is_gated and is_reading(request):
            count(self.pk, "views")
            if self.reading.was_refused:
                count(self.pk, "refusals")

    def _words(self, request: HttpRequest) -> dict[str, Any]:
        """What the reader is told about their access: the paywall, or how much of a quota is left."""
        if self.reading is None:
            return {}
        access = self.reading.access
        if access.allowed:
            return {"note": reading_note(access)}
        refusal = refusal_for(access, path=request.path, page=self)
        return {"paywall": refusal, "locked": lock_label(access)}

    def _streams(self) -> list[Any]:
        return [getattr(self, name) for name in self.gated_fields]

    def _refuse_if_narrowed(self) -> None:
        if self.reading is not None:
            raise NarrowedPageError(
                "This page was narrowed to what one reader may see. Fetch it again to save."
            )
