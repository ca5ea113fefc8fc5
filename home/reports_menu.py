"""Menu entries of reports about pages: only people who work on pages see them."""

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem
from wagtail.permissions import page_permission_policy

WORKS_ON_PAGES = ["add", "change", "publish"]


class PageReportMenuItem(MenuItem):  # type: ignore[misc]
    """An entry of the admin's Reports menu."""

    def is_shown(self, request: HttpRequest) -> bool:
        """The rule of Wagtail's own page reports."""
        allowed: bool = page_permission_policy.user_has_any_permission(request.user, WORKS_ON_PAGES)
        return allowed
