"""Tells whoever runs the site that something needs them: once for as long as it lasts."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from billing.notices.models import Alert

SEND_ALERT = "billing.notices.tasks.send_alert"


@transaction.atomic
def raise_alert(*, rule: str, subject: str, sentence: str) -> Alert:
    """Open an alert and have it mailed; while it is open, raising it again changes nothing.

    Joins the caller's transaction: the alert, its mail and what it is about exist together or not at all.
    """
    alert, is_new = Alert.objects.get_or_create(
        rule=rule, subject=subject, closed_at=None, defaults={"sentence": sentence}
    )
    if is_new:
        app.configure_task(SEND_ALERT, queue="mail").defer(alert_id=alert.pk)
    return alert


def close_alert(*, rule: str, subject: str) -> None:
    """Note that it is over; the next time it happens it is told again."""
    Alert.objects.filter(rule=rule, subject=subject, closed_at=None).update(closed_at=timezone.now())


def mail_alert(*, alert_id: int) -> None:
    """Send the alert to everybody who may see alerts; nobody reads who else got it."""
    alert = Alert.objects.get(pk=alert_id)
    told = list(who_is_told().values_list("email", flat=True))
    EmailMessage(
        subject=f"{settings.WAGTAIL_SITE_NAME}: {alert.rule.replace('_', ' ')}",
        body=f"{alert.sentence}\n\n--\n{settings.SITE_URL}/admin/billing/alerts/\n",
        bcc=told,
    ).send()


def who_is_told() -> QuerySet[Any]:
    """Who can sign in and may see alerts: billing admins and superusers."""
    permission = Permission.objects.filter(content_type__app_label="billing", codename="view_alert")
    told = Q(is_superuser=True) | Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    people: QuerySet[Any] = get_user_model().objects.all()
    return people.filter(told, is_active=True).distinct().order_by("pk")
