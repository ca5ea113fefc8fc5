"""The contact page: messages are kept and mailed once; machines and forged headers get nowhere."""

import re
import time

import pytest
from django.core import mail
from django.core.mail.message import BadHeaderError
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.contrib.forms.models import FormSubmission

from home.contact import forms
from home.contact.mails import message_mail
from home.contact.models import MESSAGES_PER_TEN_MINUTES, ContactField, ContactPage
from home.contact.tasks import mail_message
from tests.factories.home import front_page

pytestmark = pytest.mark.django_db
WRITTEN = {"your_name": "Mara", "e_mail": "mara@example.com", "message": "Hello there"}
PART = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Tests type faster than people."""
    monkeypatch.setattr(forms, "SECONDS_A_PERSON_NEEDS", 0)


@pytest.fixture
def contact():
    page = ContactPage(title="Contact", slug="contact", to_address="ravi@example.com, ines@example.com")
    page.form_fields = [
        ContactField(sort_order=0, label="Your name", field_type="singleline", required=False),
        ContactField(sort_order=1, label="E-mail", field_type="email"),
        ContactField(sort_order=2, label="Message", field_type="multiline"),
    ]
    front_page().add_child(instance=page)
    return page


def stamp_of(client, contact):
    return re.search(r'name="stamp" value="([^"]+)"', client.get(contact.url).content.decode()).group(1)


def send(client, contact, stamp=None, headers=None, **changes):
    written = {**WRITTEN, "stamp": stamp or stamp_of(client, contact), **changes}
    return client.post(contact.url, written, headers=headers)


def test_a_message_is_kept_and_the_visitor_thanked_on_a_page_of_its_own(client, contact):
    response = send(client, contact)
    assert response.status_code == 302
    assert "person will answer" in client.get(response["Location"]).content.decode()
    submission = FormSubmission.objects.get(page=contact)
    assert submission.form_data == WRITTEN


def test_the_mail_is_a_job_of_the_same_transaction(client, contact):
    send(client, contact)
    job = ProcrastinateJob.objects.get(task_name=mail_message.name)
    assert job.args == {"submission_id": FormSubmission.objects.get().pk}
    assert mail.outbox == []


def test_the_mail_goes_to_everybody_named_and_is_answered_to_the_visitor(client, contact):
    send(client, contact)
    mail_message(submission_id=FormSubmission.objects.get().pk)
    (sent,) = mail.outbox
    assert sent.to == ["ravi@example.com", "ines@example.com"]
    assert sent.reply_to == ["mara@example.com"]
    assert sent.subject == "A message from the contact page"
    assert "Your name:\nMara" in sent.body
    assert "Hello there" in sent.body


def test_a_message_that_was_deleted_is_not_mailed():
    mail_message(submission_id=0)
    assert mail.outbox == []


def test_without_an_address_messages_are_only_kept(client, contact):
    contact.to_address = ""
    contact.save()
    send(client, contact)
    assert FormSubmission.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_with_htmx_the_thanks_take_the_form_s_place(client, contact):
    content = send(client, contact, headers=PART).content.decode()
    assert "person will answer" in content
    assert "<html" not in content


def test_what_is_wrong_stands_beside_its_field_and_nothing_written_is_lost(client, contact):
    response = send(client, contact, e_mail="nonsense")
    content = response.content.decode()
    assert response.status_code == 422
    assert "Enter a valid email address" in content
    assert 'aria-invalid="true"' in content
    assert "Hello there" in content
    assert not FormSubmission.objects.exists()


def test_a_double_click_is_one_message(client, contact):
    stamp = stamp_of(client, contact)
    assert send(client, contact, stamp).status_code == 302
    assert send(client, contact, stamp).status_code == 302
    assert FormSubmission.objects.count() == 1


def test_a_machine_that_fills_in_everything_is_thanked_and_ignored(client, contact):
    assert send(client, contact, homepage="https://spam.example").status_code == 302
    assert not FormSubmission.objects.exists()


def test_a_form_sent_faster_than_a_person_types_can_be_sent_again(client, contact, monkeypatch):
    monkeypatch.setattr(forms, "SECONDS_A_PERSON_NEEDS", 3600)
    response = send(client, contact)
    content = response.content.decode()
    assert response.status_code == 422
    assert "Press send once more" in content
    monkeypatch.setattr(forms, "SECONDS_A_PERSON_NEEDS", 0)
    fresh = re.search(r'name="stamp" value="([^"]+)"', content).group(1)
    time.sleep(0.01)
    assert send(client, contact, fresh).status_code == 302


@pytest.mark.parametrize("stamp", ["forged", "x" * 150, "\x00"])
def test_a_forged_stamp_is_replaced_and_the_message_not_kept(client, contact, stamp):
    response = send(client, contact, stamp)
    assert response.status_code == 422
    assert not FormSubmission.objects.exists()


def test_a_form_open_since_yesterday_gets_a_fresh_stamp(client, contact, monkeypatch):
    stamp = stamp_of(client, contact)
    monkeypatch.setattr(forms, "SECONDS_A_FORM_IS_GOOD", -1)
    content = send(client, contact, stamp).content.decode()
    assert "open for too long" in content
    assert stamp not in content


def test_nobody_can_flood_the_inbox(client, contact):
    for _ in range(MESSAGES_PER_TEN_MINUTES):
        send(client, contact)
    response = send(client, contact)
    assert response.status_code == 429
    assert "Wait ten minutes" in response.content.decode()
    assert "Hello there" in response.content.decode()
    assert FormSubmission.objects.count() == MESSAGES_PER_TEN_MINUTES


@pytest.mark.parametrize("address", ["a@example.com\nBcc: b@example.com", "a@example.com\r\nSubject: x"])
def test_a_line_break_in_an_address_adds_no_header(client, contact, address):
    assert send(client, contact, e_mail=address).status_code == 422
    forged = message_mail(to="ravi@example.com", subject="S", page_url="/", lines=[], visitor=address)
    with pytest.raises(BadHeaderError):
        forged.message()


def test_a_novel_is_refused_with_a_sentence(client, contact):
    response = send(client, contact, message="x" * (forms.MAX_TEXT + 1))
    assert response.status_code == 422
    assert "at most 5000 characters" in response.content.decode()


def test_markup_in_a_message_stays_text(client, contact):
    content = send(client, contact, e_mail="x", message="<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in content


def test_a_message_needs_the_token_against_forged_requests(contact):
    assert Client(enforce_csrf_checks=True).post(contact.url, WRITTEN).status_code == 403


def test_editors_read_and_export_messages_in_the_admin(admin_client, contact, client):
    send(client, contact)
    address = f"/admin/forms/submissions/{contact.pk}/"
    assert "mara@example.com" in admin_client.get(address).content.decode()
    exported = b"".join(admin_client.get(address, {"export": "csv"}).streaming_content).decode()
    assert "mara@example.com" in exported


def test_the_page_takes_few_queries(client, contact, django_assert_max_num_queries):
    client.get(contact.url)
    with django_assert_max_num_queries(12):
        client.get(contact.url)
