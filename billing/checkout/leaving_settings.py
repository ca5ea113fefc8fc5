"""What an admin decides about customers who leave: the reasons to choose from, an offer, and how soon."""

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

REASONS = """It costs too much
I miss something
I do not need it at the moment
I use something else now
Another reason"""


@register_setting(icon="logout", order=300)
class LeavingSettings(BaseGenericSetting):
    """The page on which a customer ends a plan, and the one that asks them back."""

    reasons = models.TextField(
        default=REASONS,
        blank=True,
        help_text="One per line. Choosing one is optional. Empty: nobody is asked.",
    )
    offer_title = models.CharField(
        max_length=100, blank=True, help_text="Stands above the form: “Before you go”. Empty: no offer."
    )
    offer_text = models.TextField(
        max_length=500, blank=True, help_text="What you offer, in a sentence or two."
    )
    offer_label = models.CharField("label of the link", max_length=60, blank=True)
    offer_link = models.CharField(
        "where it leads", max_length=500, blank=True, help_text="Such as /contact/."
    )
    may_end_at_once = models.BooleanField(
        "plans may be ended at once",
        default=False,
        help_text="Off: a plan ends with the time that is paid. On: customers choose; nothing is given back.",
    )
    win_back_title = models.CharField(max_length=100, default="Welcome back", blank=True)
    win_back_text = models.TextField(
        max_length=500,
        default="Everything you had is still here. Choose a plan, and it opens again.",
        blank=True,
        help_text="What former customers read on their billing page.",
    )

    panels = [
        FieldPanel("reasons"),
        FieldPanel("may_end_at_once"),
        MultiFieldPanel(
            [
                FieldPanel("offer_title"),
                FieldPanel("offer_text"),
                FieldPanel("offer_label"),
                FieldPanel("offer_link"),
            ],
            heading="Offer to who is about to leave",
        ),
        MultiFieldPanel(
            [FieldPanel("win_back_title"), FieldPanel("win_back_text")], heading="Words to who has left"
        ),
    ]

    class Meta:
        verbose_name = "leaving and coming back"

    def __str__(self) -> str:
        return "Leaving and coming back"

    @property
    def choices(self) -> list[str]:
        """The reasons to choose from."""
        return [line.strip() for line in self.reasons.splitlines() if line.strip()]
