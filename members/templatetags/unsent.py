"""``{% keep_typed %}``: a form whose words survive the end of the session."""

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from members.unsent import NAME, seal

register = template.Library()


@register.simple_tag(takes_context=True)
def keep_typed(context: Context) -> SafeString:
    """For forms of people who are signed in, without passwords or files. Their view calls ``refill``."""
    return format_html('<input type="hidden" name="{}" value="{}">', NAME, seal(context["request"].user.pk))
