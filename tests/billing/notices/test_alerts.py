"""Whoever runs the site is told once about what needs them."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.models import Alert
from billing.notices.alerts import close_alert, mail_alert, raise_alert
from members.roles import BILLING_ADMINS
from tests.billing.admin.conftest import signed_in
from tests.factories.members import PersonFactory, person_in

pytestmark = pytest.mark.django_db


def raise_one(subject: str = "evt_1") -> Alert:
    return raise_alert(rule="webhook_parked", subject=subject, sentence="An event was parked. Look at it.")


def mails_waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name__endswith="send_alert", status="todo").count()


def test_an_alert_that_lasts_is_told_once() -> None:
    first, second = raise_one(), raise_one()

    assert first == second
    assert mails_waiting() == 1


def test_what_happens_again_after_it_was_over_is_told_again() -> None:
    first = raise_one()
    close_alert(rule="webhook_parked", subject="evt_1")
    second = raise_one()

    assert first != second
    assert mails_waiting() == 2


def test_each_subject_has_an_alert_of_its_own() -> None:
    raise_one("evt_1")
    raise_one("evt_2")
    close_alert(rule="webhook_parked", subject="evt_1")

    assert [alert.subject for alert in Alert.objects.filter(closed_at=None)] == ["evt_2"]


def test_billing_admins_are_mailed_and_nobody_else() -> None:
    admin, former_admin = person_in(BILLING_ADMINS), person_in(BILLING_ADMINS)
    PersonFactory()
    type(former_admin).objects.filter(pk=former_admin.pk).update(is_active=False)

    mail_alert(alert_id=raise_one().pk)

    assert mail.outbox[0].recipients() == [admin.email]
    assert "An event was parked. Look at it." in mail.outbox[0].body


def test_billing_admins_see_what_is_open() -> None:
    raise_one()

    assert b"An event was parked" in signed_in(BILLING_ADMINS).get("/admin/billing/alerts/").content


def test_a_billing_admin_closes_what_is_done_after_a_question() -> None:
    alert = raise_one()
    close = reverse("billing_alerts_modeladmin_close", args=[alert.pk])
    client = signed_in(BILLING_ADMINS)

    assert close in client.get("/admin/billing/alerts/").content.decode()
    assert "An event was parked" in client.get(close).content.decode()
    client.post(close)
    alert.refresh_from_db()

    assert alert.closed_at is not None
    assert close not in client.get("/admin/billing/alerts/").content.decode()
    assert client.post(close).status_code == 302


def test_who_may_only_look_cannot_close() -> None:
    alert = raise_one()
    onlooker = PersonFactory()
    wanted = ["access_admin", "view_alert"]
    onlooker.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client = Client()
    client.force_login(onlooker)
    close = reverse("billing_alerts_modeladmin_close", args=[alert.pk])

    assert close not in client.get("/admin/billing/alerts/").content.decode()
    client.post(close)
    alert.refresh_from_db()

    assert alert.closed_at is None
