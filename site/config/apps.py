"""Other projects' apps, set up for people without usernames and admins with a second factor."""

from django.contrib.admin.apps import AdminConfig
from wagtail.users.apps import WagtailUsersAppConfig


class SuperuserAdminConfig(AdminConfig):
    """Django's admin on our own site class: superusers only, signed in through allauth."""

    default_site = "members.admin_site.SuperuserAdminSite"


class MemberUsersConfig(WagtailUsersAppConfig):  # type: ignore[misc]
    """Wagtail's user management with forms that know no username."""

    user_viewset = "members.wagtail_users.MemberViewSet"
