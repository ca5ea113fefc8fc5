"""A writer without the right to publish has a page looked at by moderators, as Wagtail's workflow says."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page, WorkflowState

from home.pages.standard import StandardPage
from members.models import CustomUser
from tests.factories.home import StandardPageFactory, front_page
from tests.factories.members import person_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer() -> CustomUser:
    """Somebody who may write every page and publish none."""
    writers = Group.objects.create(name="Writers")
    writers.permissions.add(Permission.objects.get(codename="access_admin"))
    for action in ("add", "change"):
        GroupPagePermission.objects.create(
            group=writers,
            page=front_page(),
            permission=Permission.objects.get(
                codename=f"{action}_page", content_type__app_label="wagtailcore"
            ),
        )
    return person_in("Writers")


@pytest.fixture
def draft(writer: CustomUser) -> StandardPage:
    made: StandardPage = StandardPageFactory(title="What is published")
    made.title = "What the writer wants"
    made.save_revision(user=writer)
    return made


def edit(person: CustomUser, page: Page, **action: str) -> Any:
    """Send the editor's form back as it came, with one button pressed."""
    browser = Client()
    browser.force_login(person)
    address = f"/admin/pages/{page.pk}/edit/"
    shown = browser.get(address)
    assert shown.status_code == 200
    fields = shown.context["form"].initial | {"title": "What the writer wants", "body-count": "0"}
    filled = {name: value for name, value in fields.items() if value is not None}
    return browser.post(
        address, {**filled, "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", **action}
    )


def decide(person: CustomUser, page: Page, decision: str) -> None:
    """Approve or reject what waits."""
    browser = Client()
    browser.force_login(person)
    task = WorkflowState.objects.get().current_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, decision, task.pk])
    answer = browser.post(address, {"comment": "Well put."})
    assert answer.status_code == 302


def test_a_page_that_is_submitted_waits_for_a_moderator_who_is_mailed(
    client: Client, writer: CustomUser, draft: StandardPage
) -> None:
    moderator = person_in("Moderators")

    answer = edit(writer, draft, **{"action-submit": "1"})

    assert answer.status_code == 302
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS
    assert [moderator.email] in [sent.to for sent in mail.outbox]
    assert "What the writer wants" not in client.get(draft.get_url()).content.decode()


def test_an_approved_page_is_published_and_its_writer_told(
    client: Client, writer: CustomUser, draft: StandardPage
) -> None:
    moderator = person_in("Moderators")
    edit(writer, draft, **{"action-submit": "1"})
    mail.outbox.clear()

    decide(moderator, draft, "approve")

    assert "What the writer wants" in client.get(draft.get_url()).content.decode()
    assert [writer.email] in [sent.to for sent in mail.outbox]


def test_a_rejected_page_stays_as_it_was(client: Client, writer: CustomUser, draft: StandardPage) -> None:
    edit(writer, draft, **{"action-submit": "1"})

    decide(person_in("Moderators"), draft, "reject")

    assert "What the writer wants" not in client.get(draft.get_url()).content.decode()


def test_a_writer_cannot_publish(client: Client, writer: CustomUser, draft: StandardPage) -> None:
    edit(writer, draft, **{"action-publish": "1"})

    assert "What the writer wants" not in client.get(draft.get_url()).content.decode()
    assert StandardPage.objects.get(pk=draft.pk).title == "What is published"
