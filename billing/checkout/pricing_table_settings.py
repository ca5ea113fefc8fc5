"""Which pricing table of Stripe's, made in its dashboard, stands on the pricing page in the place of ours."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

table_id = RegexValidator(
    r"^prctbl_[A-Za-z0-9]{8,}\Z",
    "This is no id of a pricing table. Stripe's dashboard shows it beside the table: prctbl_ and letters.",
)
publishable_key = RegexValidator(
    r"^pk_(test|live)_[A-Za-z0-9]{24,}\Z",
    "This is no publishable key. It begins with pk_test_ or pk_live_; never put a secret key (sk_…) here.",
)


@register_setting(icon="table", order=310)
class PricingTableSettings(BaseGenericSetting):
    """Stripe's table and the key it needs; both are public, every visitor's browser could read them."""

    table_id = models.CharField(
        "id of the pricing table",
        max_length=100,
        blank=True,
        validators=[table_id],
        help_text="From Stripe's dashboard: prctbl_… Empty: the pricing page shows our own table.",
    )
    publishable_key = models.CharField(
        max_length=200,
        blank=True,
        validators=[publishable_key],
        help_text="The publishable key of the same account: pk_…",
    )

    panels = [FieldPanel("table_id"), FieldPanel("publishable_key")]

    class Meta:
        verbose_name = "Stripe's pricing table"

    def __str__(self) -> str:
        return "Stripe's pricing table"

    def clean(self) -> None:
        """Both or none, and of the mode that the site takes payments in."""
        super().clean()
        if self.table_id and not self.publishable_key:
            raise ValidationError({"publishable_key": "The table needs the publishable key of its account."})
        mode = "live" if settings.STRIPE_LIVE_MODE else "test"
        if self.publishable_key and not self.publishable_key.startswith(f"pk_{mode}_"):
            words = f"The site takes payments in {mode} mode, so the key has to begin with pk_{mode}_."
            raise ValidationError({"publishable_key": words})
