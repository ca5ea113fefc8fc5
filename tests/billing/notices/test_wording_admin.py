"""Admins write the words of notices, see the mail and send themselves a test."""

import pytest
from django.core import mail
from django.test import Client

from billing.audits.models import AuditEntry
from billing.notices.models import NoticeWording
from billing.notices.topics import TOPICS
from billing.notices.wording import make_wordings
from members.roles import BILLING_ADMINS, EDITORS
from tests.billing.admin.conftest import signed_in

pytestmark = pytest.mark.django_db

WORDING = "/admin/billing/wording/"


@pytest.fixture
def wording() -> NoticeWording:
    make_wordings()
    return NoticeWording.objects.get(topic="cancelled")


@pytest.fixture
def admin() -> Client:
    return signed_in(BILLING_ADMINS)


def words(**changed: str) -> dict[str, str]:
    topic = TOPICS["cancelled"]
    return {"subject": topic.subject, "text": topic.text, "button": topic.button, **changed}


def test_the_list_has_every_topic(admin: Client, wording: NoticeWording) -> None:
    page = admin.get(WORDING).content.decode()

    assert all(topic.name in page for topic in TOPICS.values())


def test_the_form_shows_the_words_in_force(admin: Client, wording: NoticeWording) -> None:
    page = admin.get(f"{WORDING}edit/{wording.pk}/").content.decode()

    assert "{plan} ends on {day}" in page


def test_own_words_are_kept_and_the_default_is_not(admin: Client, wording: NoticeWording) -> None:
    admin.post(f"{WORDING}edit/{wording.pk}/", words(subject="Goodbye, {name}"))

    wording.refresh_from_db()
    assert (wording.subject, wording.text, wording.button) == ("Goodbye, {name}", "", "")


def test_a_placeholder_that_nothing_fills_in_is_refused(admin: Client, wording: NoticeWording) -> None:
    page = admin.post(f"{WORDING}edit/{wording.pk}/", words(subject="Bye from {planet}")).content.decode()

    assert "Nothing here fills in {planet}" in page
    wording.refresh_from_db()
    assert wording.subject == ""


def test_the_preview_is_the_mail_with_examples(admin: Client, wording: NoticeWording) -> None:
    page = admin.post(
        f"{WORDING}preview/{wording.pk}/", words(subject="Goodbye from {plan}")
    ).content.decode()

    assert "Goodbye from Cutter" in page
    wording.refresh_from_db()
    assert wording.subject == ""


def test_a_test_goes_to_who_asked_and_nobody_else(admin: Client, wording: NoticeWording) -> None:
    assert b"Nobody else gets it" in admin.get(f"{WORDING}test/{wording.pk}/").content
    admin.post(f"{WORDING}test/{wording.pk}/")

    assert [len(sent.recipients()) for sent in mail.outbox] == [1]
    assert mail.outbox[0].subject == "Cutter ends on 14 March 2027"


def test_editors_and_strangers_have_no_business_here(wording: NoticeWording) -> None:
    for client in (signed_in(EDITORS), Client()):
        for path in ("", f"edit/{wording.pk}/", f"test/{wording.pk}/"):
            assert client.get(f"{WORDING}{path}").status_code == 302
        assert client.post(f"{WORDING}test/{wording.pk}/").status_code == 302
    assert not mail.outbox


def test_who_changed_the_words_is_on_record(admin: Client, wording: NoticeWording) -> None:
    admin.post(f"{WORDING}edit/{wording.pk}/", words(subject="Goodbye, {name}"))

    entry = AuditEntry.objects.filter(kind="wording", operation="update").latest("pk")
    assert entry.after == {"subject": "Goodbye, {name}"}
    assert entry.label == "cancelled"
