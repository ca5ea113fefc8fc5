"""Template filters that describe a session's device."""

from django import template

from members.devices import describe, is_handheld

register = template.Library()

register.filter("device_name", describe)


@register.filter
def device_icon(user_agent: str) -> str:
    """The icon that stands for the device."""
    return "smartphone" if is_handheld(user_agent) else "laptop"
