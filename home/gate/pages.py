"""What makes a page a gated page: an audience, and content that is cut to what each reader may see."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from wagtail.models import Page

from home.gate import streams
from home.gate.audience import Audience
from home.gate.forms import GatedPageForm
from home.gate.indexing import index_again
from home.gate.offers import lock_label, refusal_for
from home.gate.reading import Reading
from home.gate.sections import stored_choice


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
        help_text="Only for “customers whose plan has a feature”.",
    )

    reading: Reading | None = None
    """Whose eyes this instance is for, once it is narrowed."""
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
        """Only an audience of customers keeps a feature."""
        super().clean()
        if self.audience != Audience.PLANS:
            self.audience_feature = None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to store what is left for one reader; index what a change of audience opens or shuts."""
        self._refuse_if_narrowed()
        before = stored_choice(self)
        super().save(*args, **kwargs)
        if before is not None and before != (self.audience, self.audience_feature_id):
            index_again(self)

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
        self.narrow_to(Reading.by_request(self, request))
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, "reading": self.reading, **self._refusal(request)}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what depends on the reader out of every shared cache."""
        response: HttpResponse = super().serve(request, *args, **kwargs)
        if self.is_gated:
            patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Cookie"])
        return response

    @property
    def is_paywalled(self) -> bool:
        """Once narrowed: what stands below the preview divider (class ``paywalled``) is not for everyone."""
        return self.reading is not None and not self.reading.rule.is_open

    def _refusal(self, request: HttpRequest) -> dict[str, Any]:
        if self.reading is None or self.reading.access.allowed:
            return {}
        access = self.reading.access
        return {"paywall": refusal_for(access, path=request.path), "locked": lock_label(access)}

    def _streams(self) -> list[Any]:
        return [getattr(self, name) for name in self.gated_fields]

    def _refuse_if_narrowed(self) -> None:
        if self.reading is not None:
            raise NarrowedPageError(
                "This page was narrowed to what one reader may see. Fetch it again to save."
            )
