"""A customer is told each thing once, by the ways they chose."""

import smtplib
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.notices.mails import PATIENCE, mail_notice, tell_of_unsure_mails
from billing.notices.models import Alert, Notice, NoticeWording
from billing.notices.services import choose, notify
from billing.notices.topics import TOPICS, UnknownTopic, unknown_placeholders
from billing.notices.wording import make_wordings
from tests.factories.billing import UserFactory

pytestmark = pytest.mark.django_db

CANCELLED = {"plan": "Cutter", "day": "14 March 2027"}
OPTIONAL = {"plan": "Cutter"}


@pytest.fixture
def person() -> Any:
    return UserFactory(first_name="Ada")


def tell(person: Any, topic: str = "cancelled", key: str = "sub_1:cancelled", **context: str) -> Notice:
    defaults = {"cancelled": CANCELLED, "welcome": OPTIONAL}[topic]
    notice = notify(user=person, topic=topic, key=key, context={**defaults, **context})
    assert notice
    return notice


def mails_waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name__endswith="send_notice", status="todo").count()


def header(name: str) -> str:
    return mail.outbox[-1].extra_headers.get(name, "")


def link_in_header(name: str) -> str:
    return header(name).strip("<>").replace("http://testserver", "").replace("http://127.0.0.1:8000", "")


def test_the_same_key_is_told_once_for_ever(person: Any) -> None:
    assert notify(user=person, topic="cancelled", key="one", context=CANCELLED)
    assert notify(user=person, topic="cancelled", key="one", context=CANCELLED) is None

    assert Notice.objects.count() == mails_waiting() == 1


def test_the_words_are_filled_in_and_kept(person: Any) -> None:
    notice = tell(person)

    assert notice.title == "Cutter ends on 14 March 2027"
    assert notice.text.startswith("Hello Ada,")
    assert "{" not in notice.title + notice.text + notice.button


def test_a_caller_that_forgets_a_placeholder_or_a_topic_is_told(person: Any) -> None:
    with pytest.raises(ValueError, match="day"):
        notify(user=person, topic="cancelled", key="one", context={"plan": "Cutter"})
    with pytest.raises(UnknownTopic):
        notify(user=person, topic="weather", key="one")


def test_a_notice_that_went_with_its_account_is_mailed_to_nobody(person: Any) -> None:
    notice = tell(person)
    Notice.objects.filter(pk=notice.pk).delete()
    mail_notice(notice_id=notice.pk)
    assert mail.outbox == []


def test_a_repeated_job_mails_nothing_more(person: Any) -> None:
    notice = tell(person)
    mail_notice(notice_id=notice.pk)
    mail_notice(notice_id=notice.pk)

    assert [sent.to for sent in mail.outbox] == [[person.email]]
    text, html = mail.outbox[0].body, mail.outbox[0].alternatives[0].content
    assert "Cutter ends on 14 March 2027" in html
    assert "http" in text.split("Keep the plan after all: ")[1]


def test_a_server_that_says_no_is_asked_again(person: Any) -> None:
    notice = tell(person)
    refusal = smtplib.SMTPDataError(451, b"later")
    with (
        patch.object(EmailBackend, "send_messages", side_effect=refusal),
        pytest.raises(smtplib.SMTPDataError),
    ):
        mail_notice(notice_id=notice.pk)
    mail_notice(notice_id=notice.pk)

    assert len(mail.outbox) == 1


def test_a_server_that_falls_silent_is_not_asked_twice_and_somebody_hears_of_it(person: Any) -> None:
    notice = tell(person)
    with patch.object(EmailBackend, "send_messages", side_effect=TimeoutError), pytest.raises(TimeoutError):
        mail_notice(notice_id=notice.pk)
    mail_notice(notice_id=notice.pk)
    Notice.objects.update(mail_begun_at=timezone.now() - PATIENCE * 2)
    tell_of_unsure_mails()
    tell_of_unsure_mails()

    assert not mail.outbox
    assert Alert.objects.filter(rule="notice_mail_unsure").count() == 1


def test_a_server_out_of_reach_costs_nothing_but_time(person: Any) -> None:
    notice = tell(person)
    with (
        patch.object(EmailBackend, "open", side_effect=ConnectionRefusedError),
        pytest.raises(ConnectionRefusedError),
    ):
        mail_notice(notice_id=notice.pk)
    mail_notice(notice_id=notice.pk)

    assert len(mail.outbox) == 1


def test_an_optional_mail_can_be_switched_off_and_one_about_money_cannot(person: Any) -> None:
    for topic in ("welcome", "cancelled"):
        choose(user=person, topic=topic, by_mail=False, in_app=False)

    welcome, cancelled = tell(person, "welcome", "w"), tell(person)

    assert (welcome.is_by_mail, welcome.is_in_app) == (False, False)
    assert (cancelled.is_by_mail, cancelled.is_in_app) == (True, False)
    assert mails_waiting() == 1


def test_a_mail_program_leaves_with_one_post_and_a_scanner_that_follows_links_changes_nothing(
    person: Any,
) -> None:
    mail_notice(notice_id=tell(person, "welcome", "w1").pk)
    link = link_in_header("List-Unsubscribe")
    assert header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"

    stranger = Client(enforce_csrf_checks=True)
    assert b"One click" in stranger.get(link).content
    assert tell(person, "welcome", "w2").is_by_mail
    assert stranger.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not tell(person, "welcome", "w3").is_by_mail


def test_a_mail_about_money_offers_no_way_out(person: Any) -> None:
    mail_notice(notice_id=tell(person).pk)

    assert header("List-Unsubscribe") == ""


@pytest.mark.parametrize("token", ["x", "WzEsIm1vb24iXQ:1:2", "%00", "a" * 5000])
def test_a_forged_way_out_leads_nowhere(token: str) -> None:
    assert Client().post(f"/notices/unsubscribe/{token}/").status_code == 404


def test_the_bell_counts_what_is_new_and_reading_empties_it(person: Any, client: Client) -> None:
    client.force_login(person)
    first = tell(person, key="a")
    tell(person, key="b")
    assert "2 new notices" in client.get("/notices/").content.decode()

    assert client.get(f"/notices/{first.pk}/").url == "/billing/"
    assert "1 new notice" in client.get("/notices/").content.decode()
    client.post("/notices/read/")
    assert "new notice" not in client.get("/notices/").content.decode()


def test_the_bell_costs_no_query(person: Any, client: Client) -> None:
    client.force_login(person)
    with CaptureQueriesContext(connection) as queries:
        client.get("/dashboard/")

    counting = [query["sql"] for query in queries if "billing_notice" in query["sql"]]
    assert len(counting) == 1
    assert "billing_stripecustomer" in counting[0]


@pytest.mark.parametrize("number", [1, 60])
def test_the_list_costs_the_same_however_long_it_is(
    person: Any, client: Client, number: int, django_assert_max_num_queries: Any
) -> None:
    client.force_login(person)
    for index in range(number):
        tell(person, key=str(index))
    client.get("/notices/")
    with django_assert_max_num_queries(8):
        client.get("/notices/?page=zwei")


def test_nobody_opens_somebody_elses_notice(person: Any, client: Client) -> None:
    theirs = tell(person)
    client.force_login(UserFactory())

    assert client.get(f"/notices/{theirs.pk}/").status_code == 404
    assert theirs.title.encode() not in client.get("/notices/").content
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_what_an_admin_writes_is_what_customers_read(person: Any) -> None:
    make_wordings()
    NoticeWording.objects.filter(topic="cancelled").update(subject="Goodbye from {plan}")

    notice = tell(person)

    assert notice.title == "Goodbye from Cutter"
    assert "It stays open until 14 March 2027" in notice.text


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_every_topic_fills_in_its_own_words(topic: Any, person: Any) -> None:
    assert not unknown_placeholders(topic.subject + topic.text + topic.button, topic=topic)
    notice = notify(user=person, topic=topic.key, key="x", context=topic.placeholders)
    assert notice
    assert "{" not in notice.title + notice.text + notice.button


def test_a_value_cannot_bring_markup_or_a_header_into_the_mail(person: Any) -> None:
    notice = tell(person, plan="<b>x</b>\nBcc: everybody@example.com")
    mail_notice(notice_id=notice.pk)

    assert "\n" not in mail.outbox[0].subject
    assert "<b>x</b>" not in mail.outbox[0].alternatives[0].content
