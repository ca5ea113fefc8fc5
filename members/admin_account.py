"""An admin's own page in Wagtail's admin; what belongs to the account everywhere is in the settings."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel


class AdminAccountView(AccountView):  # type: ignore[misc]
    """Wagtail's page without its picture upload, which would keep any file of any size as it is."""

    def get_panels(self) -> list[Any]:
        """Wagtail's panels, less the one."""
        return [panel for panel in super().get_panels() if not isinstance(panel, AvatarSettingsPanel)]


@require_admin_access
def admin_account(request: HttpRequest) -> HttpResponse:
    """The view, for admins only as Wagtail's own."""
    response: HttpResponse = AdminAccountView.as_view()(request)
    return response
