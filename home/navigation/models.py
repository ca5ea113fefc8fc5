"""The setting that editors open under "Navigation and footer"."""

from django.conf import settings
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from home.fields import StreamField
from home.navigation.blocks import FooterBlock, HeaderBlock, LinksBlock, SocialBlock


@register_setting(icon="list-ul", order=100)
class Navigation(BaseSiteSetting):
    """Menus, footer, announcement and organisation of one site."""

    organisation = models.CharField(
        max_length=80, blank=True, help_text="The name in header and footer, and for search engines."
    )
    tagline = models.CharField(max_length=120, blank=True, help_text="One line, shown beside sign-in forms.")
    social_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="default social image",
        help_text="Shown when a page without a picture of its own is shared. 1200 by 630 pixels is best.",
    )
    header = StreamField(HeaderBlock(max_num=7), blank=True, verbose_name="main menu")
    call_to_action = StreamField(
        LinksBlock(max_num=1), blank=True, help_text="The button at the end of the main menu."
    )
    announcement = models.CharField(
        max_length=160,
        blank=True,
        help_text="One sentence above every page. Leave empty for none.",
    )
    announcement_link = StreamField(LinksBlock(max_num=1), blank=True)
    footer = StreamField(FooterBlock(max_num=4), blank=True, verbose_name="footer columns")
    footer_text = models.CharField(
        max_length=200, blank=True, help_text="A line or two about the organisation, beside the columns."
    )
    legal = StreamField(
        LinksBlock(max_num=6), blank=True, verbose_name="legal links", help_text="Imprint, privacy, terms."
    )
    social = StreamField(SocialBlock(max_num=8), blank=True, verbose_name="social links")

    select_related = ["social_image"]

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("header"),
                    FieldPanel("call_to_action"),
                    MultiFieldPanel(
                        [FieldPanel("announcement"), FieldPanel("announcement_link")], heading="Announcement"
                    ),
                ],
                heading="Header",
            ),
            ObjectList(
                [FieldPanel("footer"), FieldPanel("footer_text"), FieldPanel("legal"), FieldPanel("social")],
                heading="Footer",
            ),
            ObjectList(
                [FieldPanel("organisation"), FieldPanel("tagline"), FieldPanel("social_image")],
                heading="Organisation",
            ),
        ]
    )

    class Meta:
        verbose_name = "navigation and footer"
        verbose_name_plural = "navigation and footer"

    def __str__(self) -> str:
        return f"Navigation and footer of {self.site}"
